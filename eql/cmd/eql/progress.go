package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
)

const (
	barDelay = 700 * time.Millisecond // a shorter run shows no bar
	barEvery = 100 * time.Millisecond
)

// A progress is the bar that a long run shows on a terminal: bytes read, events
// a second and hits. A nil progress shows nothing.
type progress struct {
	reader *input.Reader
	bar    *progressbar.ProgressBar
	shown  bool
	start  time.Time
	next   time.Time // of the next update
	hits   string    // what hits are called
}

// newProgress returns nil unless standard error is a terminal.
func (a *app) newProgress(r *input.Reader, hits string) *progress {
	if !a.errTerm.is {
		return nil
	}
	now := time.Now()
	bar := progressbar.NewOptions64(r.Size(),
		progressbar.OptionSetWriter(a.err),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(24),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine of its own
		progressbar.OptionUseANSICodes(true))
	bar.StartWithoutRender() // so that its rate counts from now
	return &progress{reader: r, bar: bar, hits: hits, start: now, next: now.Add(barDelay)}
}

// update shows the counts, if it is time to.
func (p *progress) update(c counts) {
	if p == nil {
		return
	}
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(barEvery)
	p.shown = true
	rate := float64(c.events) / now.Sub(p.start).Seconds()
	p.bar.Describe(fmt.Sprintf("%d events, %.0f events/s, %d %s", c.events, rate, c.hits, p.hits))
	_ = p.bar.Set64(p.reader.Read())
}

// clear takes the bar off the terminal; the next update shows it again.
func (p *progress) clear() {
	if p != nil && p.shown {
		_ = p.bar.Clear()
		p.shown = false
	}
}
