package server

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is the server's own registry: several servers in one process do not meet in it.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	jobs     *prometheus.CounterVec
	told     *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_requests_total",
			Help: "Requests answered, by operation and HTTP status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "parley_request_duration_seconds",
			Help:    "Time from the first byte of a request to its answer, time held for a quota included.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"operation"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_jobs_total",
			Help: "Due jobs, by kind and result; one that failed is tried again.",
		}, []string{"kind", "result"}),
		told: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_told_total",
			Help: "Messages to the outside, by kind and result: told, failed (an attempt), dead.",
		}, []string{"kind", "result"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.jobs, m.told,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// gauge and counter register figures that are read when somebody asks for them.
func (m *metrics) gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

func (m *metrics) counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// operationMetrics are the figures of one operation, looked up once.
type operationMetrics struct {
	metrics  *metrics
	name     string
	seconds  prometheus.Observer
	byStatus sync.Map // int → prometheus.Counter
}

func (m *metrics) operation(name string) *operationMetrics {
	return &operationMetrics{metrics: m, name: name, seconds: m.seconds.WithLabelValues(name)}
}

func (o *operationMetrics) observe(status int, took time.Duration) {
	counter, ok := o.byStatus.Load(status)
	if !ok {
		counter, _ = o.byStatus.LoadOrStore(status, o.metrics.requests.WithLabelValues(o.name, strconv.Itoa(status)))
	}
	counter.(prometheus.Counter).Inc()
	o.seconds.Observe(took.Seconds())
}

// figures registers what the rooms count themselves.
func (s *Server) figures() {
	m := s.metrics
	m.gauge("parley_sockets", "WebSockets open now.", func() float64 { return float64(s.gateway.Stats().Open) })
	m.gauge("parley_sockets_subscribed", "WebSockets open now that listen to a chat.",
		func() float64 { return float64(s.gateway.Stats().Subscribed) })
	m.counter("parley_sockets_opened_total", "WebSockets opened.", func() float64 { return float64(s.gateway.Stats().Opened) })
	m.counter("parley_sockets_refused_total", "WebSocket upgrades refused.", func() float64 { return float64(s.gateway.Stats().Refused) })
	m.counter("parley_sockets_slow_total", "WebSockets closed because their client did not read.",
		func() float64 { return float64(s.gateway.Stats().Slow) })
	m.counter("parley_sockets_dead_total", "WebSockets closed because their client gave no sign of life.",
		func() float64 { return float64(s.gateway.Stats().Dead) })
	m.counter("parley_socket_frames_total", "Frames written to WebSockets.", func() float64 { return float64(s.gateway.Stats().Frames) })
	m.counter("parley_socket_fills_total", "Times a WebSocket read items from the database that the bus had not brought.",
		func() float64 { return float64(s.gateway.Stats().Fills) })

	m.counter("parley_retention_transcripts_total", "Chats whose transcript was deleted because of its age.",
		func() float64 { return float64(s.retention.Stats().Transcripts) })
	m.counter("parley_retention_attachments_total", "Attachments deleted because of their age.",
		func() float64 { return float64(s.retention.Stats().Attachments) })
	m.counter("parley_retention_records_total", "Chats of which all was deleted because of their age.",
		func() float64 { return float64(s.retention.Stats().Records) })

	m.counter("parley_store_updates_total", "Updates committed.", func() float64 { return float64(s.store.Stats().Updates) })
	m.counter("parley_store_groups_total", "Transactions they were committed in.", func() float64 { return float64(s.store.Stats().Groups) })
	m.counter("parley_store_reruns_total", "Transactions the database refused, whose updates ran again one by one.",
		func() float64 { return float64(s.store.Stats().Reruns) })
	m.counter("parley_store_writing_seconds_total", "Time spent handing over and committing transactions.",
		func() float64 { return s.store.Stats().Writing.Seconds() })
	m.counter("parley_store_checkpoints_total", "SQLite: times the write-ahead log was moved to the data file.",
		func() float64 { return float64(s.store.Stats().Checkpoints) })
	m.gauge("parley_store_wal_bytes", "SQLite: size of the write-ahead log.", func() float64 { return float64(s.store.Stats().WALBytes) })
}
