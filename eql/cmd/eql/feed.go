package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eval/event"
)

// defaultTimestamp is the field with an event's time unless told otherwise.
const defaultTimestamp = "@timestamp"

// A record is an event together with where it stands.
type record struct {
	*event.Document
	doc input.Doc
}

// A sink takes the matches of a run.
type sink interface {
	match(m eql.Match) error
	// flush shows what has been found so far.
	flush() error
}

// counts is what a run has met.
type counts struct {
	events  int // that were evaluated
	refused int // that were not
	hits    int
	unread  int // inputs that could not be read (to their end)
}

// shownRefusals is how many refused events are reported one by one.
const shownRefusals = 5

// A feed pushes the events of inputs through a stream, into a sink.
type feed struct {
	counts
	app         *app
	flags       *eventFlags
	stream      *eql.Stream
	sink        sink
	ordered     bool // whether a query depends on the order of events
	bar         *progress
	start       time.Time
	interrupted bool
	err         error // of the sink; it ends the run
}

// run reads files to their end, or until an interrupt. It returns the sink's
// error; what is wrong with the input is reported and counted.
func (f *feed) run(ctx context.Context, files []string, hits string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	if len(files) == 0 {
		files = []string{input.Stdin}
		if isInteractive(f.app.in) {
			fmt.Fprintln(f.app.err, "reading events from the terminal; end with Ctrl-D")
		}
	}
	reader := &input.Reader{Files: files, Stdin: f.app.in, Idle: f.idle}
	f.bar = f.app.newProgress(reader, hits)
	f.start = time.Now()

	var waiting []*record // for --sort
	for doc, err := range reader.All(ctx) {
		if err != nil {
			f.refuse(err)
			continue
		}
		rec := &record{event.JSON(doc.Data), doc}
		if f.flags.sort {
			waiting = append(waiting, rec)
		} else if f.push(rec); f.err != nil {
			break
		}
		f.bar.update(f.counts)
	}
	f.interrupted = ctx.Err() != nil
	f.flags.order(waiting)
	for _, rec := range waiting {
		if f.push(rec); f.err != nil || !f.interrupted && ctx.Err() != nil {
			break
		}
		f.bar.update(f.counts)
	}
	f.interrupted = ctx.Err() != nil
	if f.err == nil {
		f.stream.Close(f.take)
	}
	f.bar.clear()
	f.bar = nil
	return f.err
}

func (f *feed) push(rec *record) {
	if err := f.stream.Push(rec, f.take); err != nil {
		f.refuse(rec.refusal(err))
		return
	}
	f.events++
}

// refusal says where the record is what a stream does not take.
func (r *record) refusal(err error) error {
	var syntax *event.SyntaxError
	if errors.As(err, &syntax) {
		return r.doc.Fault(int(syntax.Offset), syntax.Msg)
	}
	return &input.Refusal{Place: r.doc.Place, Reason: err.Error()}
}

func (f *feed) take(m eql.Match) bool {
	f.hits++
	f.err = f.sink.match(m)
	return f.err == nil
}

// idle is called before the input is waited for.
func (f *feed) idle() {
	f.bar.update(f.counts)
	if f.err == nil {
		f.err = f.sink.flush()
	}
	if f.err != nil || f.app.out.Buffered() == 0 {
		return
	}
	if f.app.outTerm.is {
		f.bar.clear()
	}
	f.err = f.app.out.Flush()
}

// refuse reports what is wrong with an event or an input.
func (f *feed) refuse(err error) {
	if r := (*input.Refusal)(nil); !errors.As(err, &r) {
		f.unread++
		f.bar.clear()
		f.app.errorf("%v", err)
		return
	}
	f.refused++
	switch {
	case f.refused <= shownRefusals:
		f.bar.clear()
		f.app.warnf("event refused: %v", err)
	case f.refused == shownRefusals+1:
		f.bar.clear()
		f.app.warnf("further refused events are only counted")
	}
}

// conclude tells what else is to be known about the events, and returns
// errProblems if an input could not be read.
func (f *feed) conclude() error {
	if f.interrupted {
		f.app.warnf("interrupted")
	}
	st := f.stream.Stats()
	if !f.ordered {
		st.Late, st.Untimed = 0, 0
	}
	for _, note := range []struct {
		n    uint64
		text string
	}{
		{uint64(f.refused), "could not be read"},
		{st.Late, "came after a later one and stayed out of sequences; see --sort"},
		{st.Untimed, "had no time and stayed out of sequences"},
	} {
		if note.n > 0 {
			f.app.warnf("%s %s", count(note.n, "event"), note.text)
		}
	}
	if st.Errors > 0 {
		f.app.warnf("%s met an error, such as a division by zero, and did not hold", count(st.Errors, "condition"))
	}
	if f.unread > 0 {
		return errProblems
	}
	return nil
}

// count returns n with its noun.
func count(n uint64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// rate is the number of events a second.
func (f *feed) rate() float64 {
	return float64(f.events) / max(time.Since(f.start).Seconds(), 1e-6)
}
