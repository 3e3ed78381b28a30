package main

import (
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/metrics"
	"github.com/eqlkit/eqlkit/eval"
)

// A machine is what events are pushed into.
type machine interface {
	PushFrom(source string, ev eql.Event, yield func(eql.Match) bool) error
	Close(yield func(eql.Match) bool)
	Stats() eql.Stats
	QueryStats() []eval.QueryStats
}

// publishEvery is how often the metrics are renewed.
const publishEvery = time.Second

// A service is what goes on beside the events of a long run.
type service struct {
	app     *app
	flags   *runFlags
	feed    *feed
	metrics *metrics.Server // nil without --metrics

	published time.Time
}

// open starts what the flags ask for.
func (s *service) open() error {
	if addr := s.flags.metrics; addr != "" {
		var err error
		if s.metrics, err = metrics.Serve(metrics.Address(addr)); err != nil {
			return err
		}
		s.app.notef("metrics at http://%s/metrics", s.metrics.Addr())
	}
	return nil
}

func (s *service) close() {
	if s.metrics != nil {
		_ = s.metrics.Close()
	}
}

// tend does what is due. It is called between two events.
func (s *service) tend() error {
	now := time.Now()
	if s.metrics != nil && now.Sub(s.published) >= publishEvery {
		s.published = now
		s.publish()
	}
	return nil
}

func (s *service) publish() {
	m := s.feed.machine
	s.metrics.Publish(readingOf(m.Stats(), m.QueryStats(), s.feed.reader.Read(), s.feed.counts))
}
