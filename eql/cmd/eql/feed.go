package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/shard"
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

// idleEvery is how often a run that waits for input looks around.
const idleEvery = 200 * time.Millisecond

// tendEvery is the number of events after which a run looks around.
const tendEvery = 1 << 6

// A feed pushes the events of inputs through a stream, into a sink.
type feed struct {
	counts
	app     *app
	flags   *eventFlags
	machine machine
	sink    sink
	ordered bool // whether a query depends on the order of events
	reader  *input.Reader
	// tend, unless nil, is called now and then between events, and while input
	// is waited for. Its error ends the run.
	tend func() error
	// continued says that a later run goes on where this one ends: what is open
	// at the end of the input stays so, unless the events end there for good.
	continued, final bool
	// ended are sources of an earlier run that have no input any more, and before
	// is what the earlier runs have counted.
	ended  []string
	before eql.Stats

	trouble     string // what a condition has reported first
	bar         *progress
	start       time.Time
	interrupted bool
	cancel      context.CancelFunc // ends the reading
	err         error              // what ends the run
}

// newReader returns a Reader of files, or of standard input if there are none.
func (a *app) newReader(files []string) *input.Reader {
	if len(files) == 0 {
		files = []string{input.Stdin}
	}
	return &input.Reader{Files: files, Stdin: a.in}
}

// run reads the inputs to their end, or until an interrupt. It returns the sink's
// error; what is wrong with the input is reported and counted.
func (f *feed) run(ctx context.Context, hits string) error {
	signalled, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(signalled, stop) // a second signal ends the process at once
	ctx, f.cancel = context.WithCancel(signalled)
	defer f.cancel()

	if slices.Contains(f.reader.Files, input.Stdin) && isInteractive(f.app.in) {
		fmt.Fprintln(f.app.err, "reading events from the terminal; end with Ctrl-D")
	}
	r := f.reader
	r.Idle = f.idle
	if f.tend != nil {
		r.IdleEvery = idleEvery
	}
	f.bar = f.app.newProgress(r, hits)
	f.start = time.Now()
	for _, source := range f.ended {
		_ = f.machine.EndSource(source, f.take)
	}

	var waiting []*record // for --sort
	n := 0
	for doc, err := range r.All(ctx) {
		if f.err != nil { // while it was idle
			break
		}
		if rec := (&record{event.JSON(doc.Data), doc}); err != nil {
			f.refuse(err)
		} else if f.flags.sort {
			waiting = append(waiting, rec)
		} else {
			f.push(rec)
		}
		if n++; f.tend != nil && n%tendEvery == 0 && f.err == nil {
			f.err = f.tend()
		}
		if f.err != nil {
			break
		}
		f.bar.update(f.counts)
	}
	f.interrupted = signalled.Err() != nil
	f.flags.order(waiting)
	for _, rec := range waiting {
		if f.push(rec); f.err != nil || !f.interrupted && ctx.Err() != nil {
			break
		}
		f.bar.update(f.counts)
	}
	f.interrupted = signalled.Err() != nil
	switch {
	case f.err != nil:
	case f.ends():
		if f.err = f.settle(); f.err == nil {
			f.machine.Close(f.take)
		}
	default:
		f.err = f.flush()
	}
	f.bar.clear()
	f.bar = nil
	return f.err
}

// ends reports whether no events will ever follow those that have been read.
func (f *feed) ends() bool { return !f.continued || f.final && !f.interrupted }

func (f *feed) push(rec *record) {
	f.events++
	if err := f.reject(f.machine.PushFrom(f.source(rec), rec, f.take), rec); err != nil {
		f.err = err
	}
}

// reject reports the events that a machine has not taken by what it has returned. An
// error that does not name its event is about rec, or if that is nil is returned.
func (f *feed) reject(err error, rec *record) error {
	for _, e := range shard.Errors(err) {
		r, ok := e.Event.(*record)
		if !ok {
			r = rec
		}
		if r == nil {
			return e.Err
		}
		f.events--
		f.refuse(r.refusal(e.Err))
	}
	return nil
}

// settle waits until the machine has worked on everything that was pushed.
func (f *feed) settle() error {
	if err := f.reject(f.machine.Flush(f.take), nil); err != nil {
		return err
	}
	return f.err
}

// source returns what the watermark knows the event's input by. Inputs that are
// read one after the other are one source.
func (f *feed) source(rec *record) string {
	if f.reader.Follow {
		return f.reader.Files[rec.doc.Source]
	}
	return ""
}

// sources returns all that source can return.
func (f *feed) sources() []string {
	if f.reader.Follow {
		return f.reader.Files
	}
	return []string{""}
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

// idle is called before the input is waited for, and while it is.
func (f *feed) idle() {
	f.bar.update(f.counts)
	if f.err == nil {
		f.err = f.flush()
	}
	if f.err == nil && f.tend != nil {
		f.err = f.tend()
	}
	if f.err != nil {
		f.cancel()
	}
}

// flush shows what has been found so far.
func (f *feed) flush() error {
	if err := f.settle(); err != nil {
		return err
	}
	if err := f.sink.flush(); err != nil || f.app.out.Buffered() == 0 {
		return err
	}
	if f.app.outTerm.is {
		f.bar.clear()
	}
	return f.app.out.Flush()
}

// refuse reports what is wrong with an event or an input.
func (f *feed) refuse(err error) {
	if n := (*input.Notice)(nil); errors.As(err, &n) {
		f.bar.clear()
		f.app.warnf("%v", n)
		return
	}
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
	st := f.stats()
	if !f.ordered {
		st.Late, st.Untimed, st.Ahead = 0, 0, 0
	}
	for _, note := range []struct {
		n    uint64
		text string
	}{
		{uint64(f.refused), "could not be read"},
		{st.Late, "came after a later one and stayed out of sequences; see --sort and --lateness"},
		{st.Ahead, "too far in the future to be believed stayed out of sequences"},
		{st.Untimed, "had no time and stayed out of sequences"},
	} {
		if note.n > 0 {
			f.app.warnf("%s %s", count(note.n, "event"), note.text)
		}
	}
	if n := st.Evicted + st.Rejected; n > 0 {
		f.app.warnf("partial matches dropped to stay inside limits: %d; see --partials-per-key, and --max-state of eql run", n)
	}
	if st.Hurried > 0 {
		f.app.warnf("%d times there was no room to wait for late events; see --max-state", st.Hurried)
	}
	if st.Errors > 0 {
		f.app.warnf("%s while conditions were computed; the first: %s", count(st.Errors, "error"), f.trouble)
	}
	if f.unread > 0 {
		return errProblems
	}
	return nil
}

// note is told what conditions report. With the first of it users can begin to look.
func (f *feed) note(q *eql.Query, err error) {
	if f.trouble != "" {
		return
	}
	f.trouble = err.Error()
	if r := eql.RuleOf(q); r != nil {
		f.trouble = fmt.Sprintf("%s: %v", r.Path, err)
	}
}

// stats returns the machine's counts of this run.
func (f *feed) stats() eql.Stats {
	st := f.machine.Stats()
	for _, c := range []struct {
		now    *uint64
		before uint64
	}{
		{&st.Late, f.before.Late},
		{&st.Ahead, f.before.Ahead},
		{&st.Untimed, f.before.Untimed},
		{&st.Errors, f.before.Errors},
		{&st.Hurried, f.before.Hurried},
		{&st.Evicted, f.before.Evicted},
		{&st.Rejected, f.before.Rejected},
	} {
		*c.now -= min(c.before, *c.now) // rules that were removed do not count any more
	}
	return st
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
