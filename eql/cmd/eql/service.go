package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/metrics"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/statefile"
)

// publishEvery is how often the metrics are renewed.
const publishEvery = time.Second

// A service is what goes on beside the events of a run: checkpoints, metrics, and
// the exchange of rules. Everything but the answers to Prometheus happens between
// two events, in the goroutine of the feed.
type service struct {
	app     *app
	flags   *runFlags
	opts    []eql.Option // of rules
	queries []*eql.Query // that run
	feed    *feed

	state    *statefile.File // nil without --state
	saved    time.Time       // when a checkpoint was tried last
	failing  bool            // whether that failed
	metrics  *metrics.Server // nil without --metrics
	shown    time.Time       // when the metrics were renewed last
	counters serviceCounts
	before   map[ruleKey]eql.QueryStats // what rules had counted when the run began
	silence  silence
	hangup   chan os.Signal // nil without --reload
}

// serviceCounts are what a service has done.
type serviceCounts struct {
	checkpoints, failures   int
	checkpointSize          int64
	checkpointTook          time.Duration
	reloads, refusedReloads int
}

// open begins what the flags ask for. Whatever happens, close is to be called.
func (s *service) open(ctx context.Context) error {
	if s.flags.state != "" {
		if err := s.openState(); err != nil {
			return err
		}
	} else {
		s.setMachine(s.newMachine())
	}
	if addr := s.flags.metrics; addr != "" {
		var err error
		if s.metrics, err = metrics.Serve(metrics.Address(addr)); err != nil {
			return err
		}
		s.app.notef("metrics at http://%s/metrics", s.metrics.Addr())
	}
	if s.flags.reload {
		s.hangup = make(chan os.Signal, 1)
		signal.Notify(s.hangup, syscall.SIGHUP)
		context.AfterFunc(ctx, func() { signal.Stop(s.hangup) })
	}
	return nil
}

// close ends what open has begun.
func (s *service) close() {
	if s.hangup != nil {
		signal.Stop(s.hangup)
	}
	if s.feed.machine != nil {
		s.feed.machine.Stop()
	}
	if s.metrics != nil {
		_ = s.metrics.Close()
	}
	if s.state != nil {
		_ = s.state.Close()
	}
}

// tend does what is due. It is called between two events.
func (s *service) tend() error {
	select {
	case <-s.hangup:
		if err := s.reload(); err != nil {
			return err
		}
	default:
	}
	now := time.Now()
	if s.flags.silence > 0 {
		if err := s.passTime(now); err != nil {
			return err
		}
	}
	if s.metrics != nil && now.Sub(s.shown) >= publishEvery {
		if err := s.feed.flush(); err != nil {
			return err
		}
		s.shown = now
		s.metrics.Publish(s.reading())
	}
	if s.state != nil && now.Sub(s.saved) >= s.flags.interval {
		return s.checkpoint()
	}
	return nil
}

// A silence is how long no event has come.
type silence struct {
	events int       // that had come when it began
	since  time.Time // by the clock
	time   time.Time // of the events; zero until the silence is long enough
}

// passTime lets event time pass as time does while no events come.
func (s *service) passTime(now time.Time) error {
	q := &s.silence
	if q.since.IsZero() || s.feed.events != q.events {
		*q = silence{events: s.feed.events, since: now}
	}
	beyond := now.Sub(q.since) - s.flags.silence
	if beyond < 0 {
		return nil
	}
	if q.time.IsZero() {
		if err := s.feed.flush(); err != nil {
			return err
		}
		q.time = s.feed.machine.Stats().Watermark
	}
	if q.time.IsZero() {
		return nil // no event has come as yet
	}
	if err := s.feed.reject(s.feed.machine.Advance(q.time.Add(beyond), s.feed.take), nil); err != nil {
		return err
	}
	return s.feed.flush()
}

// reload reads the rules anew. If anything is wrong with them the old ones go on.
func (s *service) reload() error {
	if err := s.feed.flush(); err != nil {
		return err
	}
	s.feed.bar.clear()
	queries, broken := s.app.compileRules(s.flags, s.opts)
	if broken || len(queries) == 0 {
		s.counters.refusedReloads++
		s.app.warnf("the rules are not exchanged: the old ones go on")
		return nil
	}
	s.counters.reloads++
	return s.exchange(queries)
}
