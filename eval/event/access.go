package event

import (
	"net/netip"

	"github.com/eqlkit/eqlkit/eval/value"
)

// At returns where the value in slot s lies, for reading without a copy. It is
// good until r is filled again.
func (r *Record) At(s Slot) *value.Value { return &r.vals[s] }

// FoldAt is At for what Fold returns.
func (r *Record) FoldAt(s Slot) *value.Value {
	v := &r.folds[s]
	if v.IsNull() && !r.vals[s].IsNull() {
		r.Fold(s)
	}
	return v
}

// An address is what the text in a slot is as an IP address.
type address struct {
	addr   netip.Addr
	parsed bool
}

// Addr returns the text in slot s as an IP address, and the zero Addr if it is
// none, has a zone, or if the slot does not hold one text. It parses once an
// event.
func (r *Record) Addr(s Slot) netip.Addr {
	if r.addrs == nil {
		r.addrs = make([]address, len(r.vals))
	}
	a := &r.addrs[s]
	if !a.parsed {
		*a = address{parsed: true}
		r.parsing = append(r.parsing, s)
		if v := r.At(s); v.Kind().IsText() {
			a.addr = ParseAddr(v.Str())
		}
	}
	return a.addr
}

// ParseAddr returns s as an IP address, and the zero Addr if it is none or has a
// zone.
func ParseAddr(s string) netip.Addr {
	for i := range len(s) { // what is no address often is a name, and errors take memory
		if c := s[i]; !isHex(c) && c != '.' && c != ':' {
			return netip.Addr{}
		}
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}
	}
	return a
}

// forgetAddrs forgets what Addr has parsed.
func (r *Record) forgetAddrs() {
	for _, s := range r.parsing {
		r.addrs[s] = address{}
	}
	r.parsing = r.parsing[:0]
}
