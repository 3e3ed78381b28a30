// Package metrics shows what a run is doing to Prometheus.
package metrics

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A Reading is what a run has counted at one moment, by the names of the
// metrics. It must not change once it is published.
type Reading []Sample

// A Sample is one number of a Reading.
type Sample struct {
	Metric *Metric
	Value  float64
	Labels []string // the values of the metric's labels
}

// A Metric is a kind of number.
type Metric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// Counter returns a Metric that only grows. Its name ends in "_total".
func Counter(name, help string, labels ...string) *Metric {
	return &Metric{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue}
}

// Gauge returns a Metric that goes up and down.
func Gauge(name, help string, labels ...string) *Metric {
	return &Metric{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue}
}

// A Server answers GET /metrics with the last Reading.
type Server struct {
	listener net.Listener
	server   *http.Server
	last     atomic.Pointer[Reading]
}

// Address completes an address: a port alone, with or without a colon, is one of
// the loopback interface.
func Address(addr string) string {
	if !strings.Contains(addr, ":") {
		addr = ":" + addr
	}
	if strings.HasPrefix(addr, ":") {
		addr = "127.0.0.1" + addr
	}
	return addr
}

// Serve starts a Server at an address such as Address returns; port 0 is any
// free one.
func Serve(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{listener: l}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), s)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			_ = l.Close()
		}
	}()
	return s, nil
}

// Addr returns the address that the Server listens at.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Publish replaces the Reading. Any goroutine may call it.
func (s *Server) Publish(r Reading) { s.last.Store(&r) }

// Close ends the Server at once.
func (s *Server) Close() error { return s.server.Close() }

// Describe implements prometheus.Collector: which metrics there are is not known
// beforehand.
func (s *Server) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (s *Server) Collect(out chan<- prometheus.Metric) {
	r := s.last.Load()
	if r == nil {
		return
	}
	for _, m := range *r {
		metric, err := prometheus.NewConstMetric(m.Metric.desc, m.Metric.kind, m.Value, m.Labels...)
		if err != nil {
			metric = prometheus.NewInvalidMetric(m.Metric.desc, err)
		}
		out <- metric
	}
}
