'use strict'

process.env.OTEL_EXPORTER_OTLP_ENDPOINT = process.env.COLLECTOR
require('@vercel/otel').registerOTel('isolate-leak')
