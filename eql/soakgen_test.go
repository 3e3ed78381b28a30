package eql_test

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A soakStream generates events without end, soakRate a second of event time: it
// loops over captured ones, each time with fresh ids, and hands them out in
// disorder.
type soakStream struct {
	docs     []soakDoc
	lateness time.Duration
	rnd      *rand.Rand
	next     int       // how many have been generated
	pending  []soakOut // in no order
	newest   int64     // time of what has been handed out
	late     uint64    // how many were further behind the newest than lateness
}

// A soakDoc is a captured event and where in it to write.
type soakDoc struct {
	text  []byte
	times []int // of timestamps: 24 bytes
	ids   []int // of the first idDigits hexadecimal digits of ids
}

type soakOut struct {
	text []byte
	time int64
}

const (
	soakRate = 400
	soakTime = "2006-01-02T15:04:05.000Z"
	idDigits = 8
)

var (
	soakStart = time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	soakTimes = regexp.MustCompile(`"(?:@timestamp|created)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"`)
	soakIDs   = regexp.MustCompile(`"(?:entity_id|ancestry)":\[?((?:"[0-9a-f]{40}",?)+)`)
	soakHex   = regexp.MustCompile(`[0-9a-f]{40}`)
)

// newSoakStream reads the captured events. About as many events are pending as
// come in a sixth of lateness, so that few are later than that.
func newSoakStream(t *testing.T, path string, lateness time.Duration) *soakStream {
	t.Helper()
	s := &soakStream{lateness: lateness, rnd: rand.New(rand.NewPCG(20, 5))}
	for _, text := range lines(t, path) {
		d := soakDoc{text: text}
		for _, m := range soakTimes.FindAllSubmatchIndex(text, -1) {
			d.times = append(d.times, m[2])
		}
		for _, m := range soakIDs.FindAllSubmatchIndex(text, -1) {
			for _, id := range soakHex.FindAllIndex(text[m[2]:m[3]], -1) {
				d.ids = append(d.ids, m[2]+id[0])
			}
		}
		if len(d.times) == 0 {
			continue // a date in another form
		}
		s.docs = append(s.docs, d)
	}
	require.NotEmpty(t, s.docs)
	for range int(soakRate * lateness.Seconds() / 6) {
		s.pending = append(s.pending, s.generate())
	}
	return s
}

// generate makes the next event in order of time.
func (s *soakStream) generate() soakOut {
	loop, d := s.next/len(s.docs), &s.docs[s.next%len(s.docs)]
	text := bytes.Clone(d.text)
	at := soakStart.Add(time.Duration(s.next) * time.Second / soakRate).Truncate(time.Millisecond)
	stamp := at.Format(soakTime)
	s.next++
	for _, k := range d.times {
		copy(text[k:], stamp)
	}
	for _, k := range d.ids {
		scramble(text[k:][:idDigits], uint32(loop))
	}
	return soakOut{text, at.UnixNano()}
}

// scramble replaces hexadecimal digits by others that depend on them and on n.
func scramble(digits []byte, n uint32) {
	const hex = "0123456789abcdef"
	h := n * 0x9e3779b1
	for i, c := range digits {
		d := c - '0'
		if c >= 'a' {
			d = c - 'a' + 10
		}
		digits[i] = hex[d^byte(h>>(4*i))&15]
	}
}

// event returns the next event to hand out.
func (s *soakStream) event() []byte {
	i := s.rnd.IntN(len(s.pending))
	out := s.pending[i]
	s.pending[i] = s.generate()
	if s.newest-out.time > int64(s.lateness) {
		s.late++
	}
	s.newest = max(s.newest, out.time)
	return out.text
}
