package eval

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A Profile says what the time of a Stream went into, since it was made or restored.
// Counts are exact. Times are estimates: of a long stream one event in 16 is timed
// and counts for all, and what the measuring itself takes is left out.
type Profile struct {
	Events uint64 // pushed, the refused ones included
	Timed  uint64 // of these, the ones that the Stream has timed; a Preparer chooses its own

	// Total is the time of all that follows and of all queries.
	Total time.Duration
	// Extraction is the reading of fields out of events. What conditions make of
	// fields, such as their lower case, is done where it is first needed.
	Extraction time.Duration
	// Index is the search for the steps that events may satisfy.
	Index time.Duration
	// Delivery is what the functions take that matches are yielded to.
	Delivery time.Duration
	// Rest is what belongs to no query: where events stand in time, and keeping
	// them back.
	Rest time.Duration

	Queries []QueryProfile // in the order of the engine
}

// QueryProfile is the part of one query in a Profile.
type QueryProfile struct {
	Query       *Query
	Candidates  uint64 // steps that the index proposed for events, or that no Forecast knew
	Evaluations uint64 // conditions tested
	Hits        uint64 // of these, the ones that held
	Matches     uint64 // delivered
	Open        int    // partial matches that are waiting now

	Conditions time.Duration // of the tests
	State      time.Duration // of partial matches and of making matches
}

// Time is what the query took.
func (q *QueryProfile) Time() time.Duration { return q.Conditions + q.State }

// Share returns which part of the total d is, from 0 to 1.
func (p *Profile) Share(d time.Duration) float64 {
	if p.Total <= 0 {
		return 0
	}
	return float64(d) / float64(p.Total)
}

// PerEvent returns what part of d one event has, in nanoseconds.
func (p *Profile) PerEvent(d time.Duration) float64 { return float64(d) / float64(max(p.Events, 1)) }

// Costliest returns the queries in the order of what they took, the most first.
func (p *Profile) Costliest() []QueryProfile {
	out := slices.Clone(p.Queries)
	slices.SortStableFunc(out, func(x, y QueryProfile) int {
		return cmp.Or(cmp.Compare(y.Time(), x.Time()), cmp.Compare(y.Evaluations, x.Evaluations))
	})
	return out
}

// Add adds what o says, such as of another stream for the same queries: times are then
// those of all goroutines together. Queries that p does not have are appended.
func (p *Profile) Add(o Profile) {
	p.Events += o.Events
	p.Timed += o.Timed
	p.Total += o.Total
	p.Extraction += o.Extraction
	p.Index += o.Index
	p.Delivery += o.Delivery
	p.Rest += o.Rest
	place := make(map[*Query][]int, len(p.Queries)) // an engine may have a query twice
	for i := range p.Queries {
		place[p.Queries[i].Query] = append(place[p.Queries[i].Query], i)
	}
	for _, q := range o.Queries {
		at := place[q.Query]
		if len(at) == 0 {
			p.Queries = append(p.Queries, q)
			continue
		}
		place[q.Query] = at[1:]
		p.Queries[at[0]].add(&q)
	}
}

func (q *QueryProfile) add(o *QueryProfile) {
	q.Candidates += o.Candidates
	q.Evaluations += o.Evaluations
	q.Hits += o.Hits
	q.Matches += o.Matches
	q.Open += o.Open
	q.Conditions += o.Conditions
	q.State += o.State
}

// WithProfile has the stream measure what its time goes into; see Stream.Profile. The
// results are the same. It costs a few percent; without it nothing is measured.
func WithProfile() StreamOption { return func(o *streamOptions) { o.profile = true } }

// Profile returns what the time went into so far. Without WithProfile it has the
// counts of queries alone. Queries that Swap has removed count in Total only.
func (s *Stream) Profile() Profile {
	a := &s.accounts
	p := Profile{
		Events: a.events, Timed: a.timed,
		Total:      time.Duration(a.total),
		Extraction: time.Duration(a.extraction), Index: time.Duration(a.index),
		Delivery: time.Duration(a.delivery), Rest: time.Duration(a.rest),
		Queries: make([]QueryProfile, len(s.runs)),
	}
	for i, r := range s.runs {
		evaluations := r.evaluations - r.before.evaluations
		p.Queries[i] = QueryProfile{
			Query:      r.query,
			Candidates: evaluations - r.asked, Evaluations: evaluations, Hits: r.held,
			Matches: r.matches - r.before.matches, Open: r.stats().Open,
			Conditions: time.Duration(r.conditions), State: time.Duration(r.state),
		}
	}
	return p
}

// AddProfile adds to the profile of s what the work of p took since it was added last;
// without WithProfile that is nothing. It is called like any other method of s, while p
// is not at work, and panics if p is a Preparer for other queries.
func (s *Stream) AddProfile(p *Preparer) {
	if p.search.engine != s.engine {
		panic("eval: a preparer for other queries")
	}
	for i := range p.conditions {
		s.runs[i].conditions += p.conditions[i]
	}
	clear(p.conditions)
	s.accounts.take(&p.accounts)
}

// The accounts of a stream, or of a preparer, are what its time is charged to, besides
// those of runs. As long as a call is timed, every lap is charged to one of them. The
// zero accounts measure nothing.
type accounts struct {
	on     bool // events are counted, and some of them timed
	timing bool // the current call is timed

	events, timed uint64
	origin        time.Time
	last          int64 // nanoseconds since origin: the end of the lap before
	weight        int64 // how many calls the current one stands for
	cost          int64 // of a lap

	extraction, index, delivery, rest, total account
}

// An account is a sum of nanoseconds.
type account int64

// Of the first events each is timed, since a short stream has no others and since they
// differ from the later ones; then one of so many, chosen by its number.
const (
	timedFirst  = 1 << 10
	timedOneOf  = 1 << timedBits
	timedBits   = 4
	numberMixer = 0x9e3779b97f4a7c15 // an odd number that leaves no pattern
)

func newAccounts() accounts {
	a := accounts{on: true, origin: time.Now(), cost: math.MaxInt64}
	for range 64 {
		from := a.now()
		a.cost = min(a.cost, a.now()-from)
	}
	return a
}

// now returns the time by a clock that never goes back.
func (a *accounts) now() int64 { return int64(time.Since(a.origin)) }

// event begins the call for an event.
func (a *accounts) event() {
	if !a.on {
		return
	}
	a.events++
	switch {
	case a.events <= timedFirst:
		a.start(1)
	case a.events*numberMixer>>(64-timedBits) == 0:
		a.start(timedOneOf)
	default:
		a.timing = false
		return
	}
	a.timed++
}

// other begins another call; each of them is timed.
func (a *accounts) other() {
	if a.on {
		a.start(1)
	}
}

func (a *accounts) start(weight int64) {
	a.timing, a.weight, a.last = true, weight, a.now()
}

// take adds the sums of other, which are zero then.
func (a *accounts) take(other *accounts) {
	for _, sums := range [][2]*account{
		{&a.extraction, &other.extraction},
		{&a.index, &other.index},
		{&a.delivery, &other.delivery},
		{&a.rest, &other.rest},
		{&a.total, &other.total},
	} {
		*sums[0] += *sums[1]
		*sums[1] = 0
	}
}

// lap charges the time since the lap before to one of the accounts of the stream or of
// a run, if the call is timed.
func (a *accounts) lap(to *account) {
	if a.timing {
		a.charge(to)
	}
}

func (a *accounts) charge(to *account) {
	now := a.now()
	d := account(max(now-a.last-a.cost, 0) * a.weight)
	*to += d
	a.total += d
	a.last = now
}
