package pattern

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"sort"
	"strings"
)

// A CIDRSet is a set of IP addresses. An IPv4 address is the same as its
// IPv4-mapped IPv6 form, ::ffff:a.b.c.d, so ::/0 holds all of them. The zero
// CIDRSet and a nil one are empty. A CIDRSet may be used by several goroutines.
type CIDRSet struct {
	ranges []addrRange // in order, apart from each other
	v4     []range4    // the part of ranges that is IPv4, likewise
	// first[b] is the first of v4 that ends at b.0.0.0 or after; first[256] is
	// their number.
	first [257]int32
}

// A CIDRError says which block ParseCIDRs does not understand.
type CIDRError struct {
	Index int    // of the block, from 0
	Block string // as given
	Msg   string // one clause
}

func (e *CIDRError) Error() string { return fmt.Sprintf("invalid CIDR block %q: %s", e.Block, e.Msg) }

// ParseCIDRs returns the set of the addresses in the given blocks, such as
// 10.0.0.0/8 or fd00::/8; the bits after the prefix do not matter. A block
// without "/" is one address. The error is a *CIDRError. It does not keep the
// slice.
func ParseCIDRs(blocks []string) (*CIDRSet, error) {
	ranges := make([]addrRange, 0, len(blocks))
	for i, b := range blocks {
		r, msg := parseBlock(b)
		if msg != "" {
			return nil, &CIDRError{Index: i, Block: b, Msg: msg}
		}
		ranges = append(ranges, r)
	}
	sort.Slice(ranges, func(i, j int) bool { return ranges[i].first.less(ranges[j].first) })
	merged := ranges[:0]
	for _, r := range ranges {
		if n := len(merged); n > 0 && !merged[n-1].last.less(r.first) {
			if merged[n-1].last.less(r.last) {
				merged[n-1].last = r.last
			}
			continue
		}
		merged = append(merged, r)
	}
	set := &CIDRSet{ranges: merged}
	set.indexIPv4()
	return set, nil
}

// indexIPv4 fills v4 and first.
func (s *CIDRSet) indexIPv4() {
	for _, r := range s.ranges {
		if all := (addrRange{mapped(0), mapped(math.MaxUint32)}); !r.last.less(all.first) && !all.last.less(r.first) {
			if r.first.less(all.first) {
				r.first = all.first
			}
			if all.last.less(r.last) {
				r.last = all.last
			}
			s.v4 = append(s.v4, range4{uint32(r.first.lo), uint32(r.last.lo)})
		}
	}
	for b := range 256 {
		s.first[b] = int32(sort.Search(len(s.v4), func(i int) bool { return s.v4[i].last >= uint32(b)<<24 }))
	}
	s.first[256] = int32(len(s.v4))
}

// Contains reports whether a, whatever its zone, is in the set. The zero Addr
// is in none.
func (s *CIDRSet) Contains(a netip.Addr) bool {
	if s == nil || !a.IsValid() {
		return false
	}
	if a.Is4() || a.Is4In6() {
		b := a.As4()
		return s.containsIPv4(binary.BigEndian.Uint32(b[:]))
	}
	n := numberOf(a)
	lo, hi := 0, len(s.ranges)
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); s.ranges[mid].last.less(n) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(s.ranges) && !n.less(s.ranges[lo].first)
}

func (s *CIDRSet) containsIPv4(n uint32) bool {
	lo, hi := s.first[n>>24], s.first[n>>24+1]
	for lo < hi {
		if mid := (lo + hi) / 2; s.v4[mid].last < n {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return int(lo) < len(s.v4) && s.v4[lo].first <= n && n <= s.v4[lo].last
}

// parseBlock returns the range of a block or what is wrong with it.
func parseBlock(block string) (addrRange, string) {
	text, length, isBlock := strings.Cut(block, "/")
	a, err := netip.ParseAddr(text)
	if err != nil {
		return addrRange{}, "not an IP address"
	}
	if a.Zone() != "" {
		return addrRange{}, "an address with a zone"
	}
	n := numberOf(a)
	if !isBlock {
		return addrRange{n, n}, ""
	}
	keep, ok := parsePrefixLength(length)
	if !ok || keep > a.BitLen() {
		return addrRange{}, fmt.Sprintf("the prefix length must be a number from 0 to %d", a.BitLen())
	}
	host := lowBits(a.BitLen() - keep)
	return addrRange{
		first: addrNumber{n.hi &^ host.hi, n.lo &^ host.lo},
		last:  addrNumber{n.hi | host.hi, n.lo | host.lo},
	}, ""
}

func parsePrefixLength(s string) (int, bool) {
	if s == "" || len(s) > 3 || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// An addrRange holds the addresses from first to last, both included.
type addrRange struct{ first, last addrNumber }

// A range4 is an addrRange of IPv4.
type range4 struct{ first, last uint32 }

// An addrNumber is an IPv6 address as a number of 128 bits.
type addrNumber struct{ hi, lo uint64 }

func numberOf(a netip.Addr) addrNumber {
	b := a.As16()
	return addrNumber{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// mapped returns the number of an IPv4 address.
func mapped(n uint32) addrNumber { return addrNumber{0, 0xFFFF<<32 | uint64(n)} }

// lowBits returns the number whose n last bits are set.
func lowBits(n int) addrNumber {
	if n > 64 {
		return addrNumber{1<<(n-64) - 1, ^uint64(0)}
	}
	return addrNumber{0, 1<<n - 1}
}

func (a addrNumber) less(b addrNumber) bool {
	return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo
}
