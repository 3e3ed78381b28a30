package eval

import (
	"container/heap"
	"math"
	"slices"

	"github.com/eqlkit/eqlkit/eval/internal/op"
)

// A timeline is the event time of a stream as told by one timestamp field: from
// the times of events, each of one source, it concludes how far time has come.
// It knows no events.
type timeline struct {
	timeRules
	named   []string // sources that are waited for from the beginning
	newest  int64    // the greatest time that is believed
	now     int64    // the watermark: an event before it is late
	first   int64    // the time that was believed first
	sources map[string]*timeSource
	waited  sourceHeap  // the sources that time waits for
	last    *timeSource // that spoke last
	several bool        // whether there has been more than one source
}

// timeRules are the rules of a timeline.
type timeRules struct {
	lateness int64 // how far the watermark stays behind
	idle     int64 // how far a source may be behind before it is not waited for; 0 is any
	jump     int64 // how far ahead an event may be before it is doubted; 0 is any
	confirm  int   // events in a row that end the doubt
	manual   bool  // only advance moves the watermark
}

// A timeSource is what a timeline knows of one source.
type timeSource struct {
	name   string
	newest int64
	index  int     // in timeline.waited, or -1
	doubts []int64 // times of the latest events, all too far ahead
}

// A timeliness says where an event stands in time.
type timeliness uint8

const (
	onTime  timeliness = iota
	late               // behind the watermark
	untimed            // without a time
	ahead              // too far ahead to be believed as yet
)

// A judgement says what has become of the events of a source that were ahead:
// those of the times from lo to hi are believed, the others are not.
type judgement struct {
	source string
	lo, hi int64
}

// nobody believes in any time.
const nobody = math.MinInt64

const noTime = math.MinInt64

func newTimeline(r timeRules, sources []string) timeline {
	t := timeline{timeRules: r, named: sources, newest: noTime, now: noTime, first: noTime, sources: make(map[string]*timeSource)}
	for _, name := range sources {
		t.source(name)
	}
	return t
}

// source returns the source of a name, waiting for it from now on.
func (t *timeline) source(name string) *timeSource {
	if t.last != nil && t.last.name == name {
		return t.last
	}
	s := t.sources[name]
	if s == nil {
		s = &timeSource{name: name, newest: noTime, index: -1}
		t.sources[name] = s
		t.several = t.several || len(t.sources) > 1
		heap.Push(&t.waited, s)
	}
	t.last = s
	return s
}

// observe takes note of an event of a source and says where it stands. The
// judgement, unless it is nil, is about earlier events of the source.
func (t *timeline) observe(name string, at int64) (timeliness, *judgement) {
	s := t.source(name)
	var j *judgement
	switch {
	case t.doubtful(at):
		if s.doubts = append(s.doubts, at); len(s.doubts) < t.confirm {
			return ahead, nil
		}
		if j = t.judge(s); at < j.lo || at > j.hi {
			return ahead, j // the judgement is about this event, too
		}
	case len(s.doubts) > 0:
		s.doubts = nil
		j = &judgement{name, math.MaxInt64, nobody}
	}
	if at < t.now {
		return late, j
	}
	t.believe(s, at)
	return onTime, j
}

// inOrder reports whether every event that is on time moves the watermark to its
// own time, so that none ever has to wait.
func (t *timeline) inOrder() bool {
	return t.lateness == 0 && t.jump == 0 && !t.manual && !t.several
}

// doubtful reports whether a time is too far ahead. As long as there is no time
// to compare with, every time is.
func (t *timeline) doubtful(at int64) bool {
	if t.jump == 0 {
		return false
	}
	base := max(t.newest, t.now)
	return base == noTime || op.Beyond(at, base, t.jump)
}

// judge ends the doubts about a source: the most of its times that lie together
// are believed.
func (t *timeline) judge(s *timeSource) *judgement {
	times := slices.Sorted(slices.Values(s.doubts))
	s.doubts = nil
	j, most := &judgement{source: s.name}, 0
	for from := 0; from < len(times); {
		to := from + 1
		for to < len(times) && !op.Beyond(times[to], times[to-1], t.jump) {
			to++
		}
		if to-from > most {
			most, j.lo, j.hi = to-from, times[from], times[to-1]
		}
		from = to
	}
	j.lo = max(j.lo, t.now) // Advance may have come in between
	t.believe(s, j.hi)
	return j
}

// believe lets the time of a source come as far as at.
func (t *timeline) believe(s *timeSource, at int64) {
	if t.first == noTime {
		t.first = at
	}
	t.newest = max(t.newest, at)
	switch {
	case s.index < 0:
		s.newest = max(s.newest, at)
		heap.Push(&t.waited, s)
	case at > s.newest:
		s.newest = at
		if len(t.waited) > 1 {
			heap.Fix(&t.waited, s.index)
		}
	default:
		return
	}
	t.settle()
}

// settle moves the watermark to where the slowest source allows.
func (t *timeline) settle() {
	for t.idle > 0 && len(t.waited) > 0 {
		s := t.waited[0]
		if !op.Beyond(t.newest, max(s.newest, t.first), t.idle) {
			break
		}
		heap.Pop(&t.waited)
	}
	if !t.manual && len(t.waited) > 0 && t.waited[0].newest != noTime {
		t.now = max(t.now, saturatingSub(t.waited[0].newest, t.lateness))
	}
}

// place puts a source where it was before a restart: among those that are
// waited for, or not.
func (t *timeline) place(s *timeSource, waited bool) {
	if s.index >= 0 {
		heap.Remove(&t.waited, s.index)
	}
	if waited {
		heap.Push(&t.waited, s)
	}
}

// end stops waiting for a source.
func (t *timeline) end(name string) *judgement {
	s := t.sources[name]
	if s == nil {
		return nil
	}
	var j *judgement
	if len(s.doubts) > 0 {
		f := t.final(s)
		j = &f
	}
	if s.index >= 0 {
		heap.Remove(&t.waited, s.index)
	}
	delete(t.sources, name)
	t.last = nil
	t.settle()
	return j
}

// advance lets time pass up to at, whatever the sources say. It returns what is
// to be believed of the events that were ahead.
func (t *timeline) advance(at int64) []judgement {
	var js []judgement
	if at == math.MaxInt64 { // the end: no doubt is left
		for _, name := range t.names() {
			if s := t.sources[name]; len(s.doubts) > 0 {
				js = append(js, t.final(s))
			}
		}
		t.now = at
		return js
	}
	t.now = max(t.now, at)
	for _, name := range t.names() {
		s := t.sources[name]
		if len(s.doubts) > 0 && !slices.ContainsFunc(s.doubts, t.doubtful) {
			s.doubts = nil
			js = append(js, judgement{name, noTime, math.MaxInt64})
		}
	}
	return js
}

// final judges a source at the end: its last events are believed unless there
// was a time to compare them with.
func (t *timeline) final(s *timeSource) judgement {
	if t.newest == noTime {
		return *t.judge(s)
	}
	s.doubts = nil
	return judgement{s.name, math.MaxInt64, nobody}
}

// names returns the names of the sources in order.
func (t *timeline) names() []string {
	names := make([]string, 0, len(t.sources))
	for name := range t.sources {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func saturatingSub(a, b int64) int64 {
	if d := a - b; d <= a {
		return max(d, math.MinInt64+1)
	}
	return math.MinInt64 + 1
}

// A sourceHeap has the source that is furthest behind first.
type sourceHeap []*timeSource

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h sourceHeap) Len() int           { return len(h) }
func (h sourceHeap) Less(i, j int) bool { return h[i].newest < h[j].newest }

func (h sourceHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push adds a source.
func (h *sourceHeap) Push(x any) {
	s := x.(*timeSource)
	s.index = len(*h)
	*h = append(*h, s)
}

// Pop takes the last source.
func (h *sourceHeap) Pop() any {
	old := *h
	n := len(old) - 1
	s := old[n]
	old[n] = nil
	*h = old[:n]
	s.index = -1
	return s
}
