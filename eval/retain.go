package eval

import (
	"encoding/json"
	"math"

	"github.com/eqlkit/eqlkit/eval/event"
)

// A Sizer is an Event that knows how many bytes of memory it takes, about. The
// size of documents and maps is known without.
type Sizer interface{ Size() int }

// otherSize is the size of an event that says nothing about it.
const otherSize = 512

// sizeOf returns how many bytes an event takes, about.
func sizeOf(ev Event) uint32 {
	const most = math.MaxInt32
	size := otherSize
	switch ev := ev.(type) {
	case Sizer:
		size = ev.Size()
	case documented:
		size = 80 + len(ev.Bytes())
	case event.Map:
		size = sizeOfJSON(map[string]any(ev))
	}
	return uint32(min(max(size, 0), most))
}

// sizeOfJSON returns how many bytes decoded JSON takes, about.
func sizeOfJSON(v any) int {
	switch v := v.(type) {
	case map[string]any:
		size := 48
		for k, e := range v {
			size += 32 + len(k) + sizeOfJSON(e)
		}
		return size
	case []any:
		size := 24
		for _, e := range v {
			size += 16 + sizeOfJSON(e)
		}
		return size
	case string:
		return 16 + len(v)
	case json.Number:
		return 16 + len(v)
	default:
		return 16
	}
}

// retained returns what sequences and samples keep of the current event.
func (s *Stream) retained(ev Event) Event {
	ev = s.lasting(ev)
	if s.opts.retain == nil {
		return ev
	}
	if s.form == nil {
		if s.form = s.opts.retain(ev); s.form == nil {
			s.form = ev
		}
	}
	return s.form
}

// lent returns the current event for a machine that sees it at once. If it is borrowed
// it may stay so until the call ends, as long as nobody but the machine gets it to see:
// most events leave nothing behind.
func (s *Stream) lent(ev Event) Event {
	if s.opts.onlooked() {
		return s.retained(ev)
	}
	return ev
}

// onlooked reports whether functions of options may get to see what machines hold.
func (o *streamOptions) onlooked() bool {
	return o.retain != nil || o.trace != nil || o.answered != nil || o.onNearMiss != nil || o.onEvict != nil ||
		o.processTree != nil || o.distinct != nil
}

// settle makes the current event last where machines keep it, or where it waits to be
// seen by them.
func (s *Stream) settle() {
	if s.borrowed == nil {
		return
	}
	for _, c := range s.clocks {
		if c.held != nil && (c.kept != nil || !c.held.Free()) {
			c.held.Event = s.lasting(c.held.Event)
		}
	}
}
