package op

import (
	"math"

	"github.com/eqlkit/eqlkit/eval/internal/wire"
)

// A Machine assembles matches of one query from hits. Events come in order of
// time, but for a sample, which puts them in order itself. A machine keeps its
// account; see Budget. It belongs to one goroutine.
type Machine interface {
	// Push takes the hits of one event, after the passing of time up to it.
	Push(ev *Held, hits *Hits, emit func(Result))
	// Advance says that no later event is before the time w. What it emits
	// comes in order of Result.Due.
	Advance(w int64, emit func(Result))
	// Due returns the least w for which Advance(w) has anything to do, or
	// NotDue.
	Due() int64
	// Close says that no event follows.
	Close(emit func(Result))
	// Awake returns the steps, of Query.Steps, for which an event can make a
	// difference now. Any change of the machine may change it; it takes
	// constant time. To leave the hits of other steps out of the next Push
	// changes nothing that can be observed, and if no hit is left neither does
	// leaving out Push, as long as Advance goes as far as Due says, and up to the
	// present before an event is pushed that is late or has no time. Two things
	// are to be kept in mind. The step of until is asleep while nothing is
	// open; but it also ends what the same event opens, so that it has to be
	// asked if another step is hit. And what is asked when an event comes says
	// nothing about a Push that has to wait until others have gone before it.
	Awake() StepSet
	// Account returns what the machine keeps and has dropped.
	Account() *Account
	// Trace has f called for what happens to partial matches, as far as it is
	// of one of the kinds.
	Trace(f func(Note), kinds ...NoteKind)
	// Save writes the state of the machine.
	Save(e *Encoder)
	// Load reads the state of a machine for the same query into an empty
	// machine. What is wrong with it is the Decoder's error.
	Load(d *Decoder)

	// evict drops the oldest thing that is kept and reports whether there was
	// one.
	evict() bool
}

// NotDue is what Due returns if time alone changes nothing.
const NotDue = math.MaxInt64

// over returns the first time that is more than span after since.
func over(since, span int64) int64 {
	if d := since + span; d >= since && d < math.MaxInt64 {
		return d + 1
	}
	return NotDue
}

// Beyond reports whether now is more than span after since, without overflow.
func Beyond(now, since, span int64) bool {
	return now > since && uint64(now)-uint64(since) > uint64(span)
}

// An Encoder writes the state of machines, a section each. An event that several
// of them keep is written once.
type Encoder struct {
	*wire.Writer // of the section under way
	// Clock distinguishes events that have one number and different times.
	Clock int

	snapshot *wire.Writer
	event    func(*wire.Writer, *Held)
	known    map[heldID]uint64
}

// A heldID tells events apart, wherever they are held.
type heldID struct {
	clock int
	seq   uint64
}

// NewEncoder returns an Encoder to w that writes events as event does.
func NewEncoder(w *wire.Writer, event func(*wire.Writer, *Held)) *Encoder {
	return &Encoder{snapshot: w, event: event, known: make(map[heldID]uint64)}
}

// Section has f write a section.
func (e *Encoder) Section(f func()) {
	e.Writer = e.snapshot.Section()
	f()
	e.snapshot.Fail(e.Close())
	e.Writer = nil
}

// Held writes an event, or nil as 0.
func (e *Encoder) Held(h *Held) {
	if h == nil {
		e.Uint(0)
		return
	}
	id := heldID{e.Clock, h.Seq}
	n, ok := e.known[id]
	if !ok {
		n = uint64(len(e.known)) + 1
		e.known[id] = n
		e.event(e.Aside(), h)
	}
	e.Uint(n)
}

// A Decoder reads what an Encoder wrote.
type Decoder struct {
	*wire.Reader // of the section under way
	snapshot     *wire.Reader
	event        func(*wire.Reader) *Held
	known        []*Held
}

// NewDecoder returns a Decoder that reads events as event does. A nil event has
// been reported to the Reader.
func NewDecoder(r *wire.Reader, event func(*wire.Reader) *Held) *Decoder {
	return &Decoder{snapshot: r, event: event}
}

// Section has f read a section, or skips it if f is nil.
func (d *Decoder) Section(f func()) {
	d.Reader = d.snapshot.Section(func(r *wire.Reader) { d.known = append(d.known, d.event(r)) })
	if f == nil {
		_ = d.Skip() // the error is that of the snapshot
	} else {
		f()
		_ = d.Close()
	}
	d.Reader = nil
}

// Held reads an event that may be nil.
func (d *Decoder) Held() *Held {
	switch n := d.Uint(); {
	case d.Err() != nil, n == 0:
		return nil
	case n <= uint64(len(d.known)):
		return d.known[n-1]
	default:
		d.Fail("there is no event %d", n)
		return nil
	}
}

// Some reads an event that is not nil; if there is none the Decoder fails.
func (d *Decoder) Some() *Held {
	h := d.Held()
	if h == nil {
		d.Fail("an event is missing")
	}
	return h
}

// maxItems bounds what a machine may have saved of one kind.
const maxItems = 1 << 30
