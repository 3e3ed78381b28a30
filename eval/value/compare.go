package value

import (
	"cmp"
	"math"
	"net/netip"
	"strings"
)

// Equal reports whether a and b are the same value: numbers by amount whatever
// their kind, text by its bytes, addresses with IPv4-mapped IPv6 as IPv4.
// Null equals null here. Values that are not comparable are not equal.
func Equal(a, b Value) bool {
	if a.kind == Null || b.kind == Null {
		return a.kind == b.kind
	}
	c, ok := Compare(a, b)
	return ok && c == 0
}

// Compare orders two single values that are not null. It reports false if they
// are not comparable: their kinds differ (all numbers are one kind), a float is
// NaN, or they are lists or objects. Text is ordered by its bytes, false before
// true.
func Compare(a, b Value) (int, bool) {
	if a.kind.IsNumber() && b.kind.IsNumber() {
		return compareNumbers(a, b)
	}
	if a.kind != b.kind {
		return 0, false
	}
	switch a.kind {
	case Bool:
		return int(a.num) - int(b.num), true
	case String:
		return strings.Compare(a.Str(), b.Str()), true
	case IP:
		x, errX := netip.ParseAddr(a.Str())
		y, errY := netip.ParseAddr(b.Str())
		if errX != nil || errY != nil {
			return strings.Compare(a.Str(), b.Str()), true
		}
		return x.Unmap().Compare(y.Unmap()), true
	case Date:
		return cmp.Compare(a.Nanos(), b.Nanos()), true
	case Version:
		return compareVersions(a.Str(), b.Str()), true
	default:
		return 0, false
	}
}

// compareNumbers is exact: an integer never passes through a float.
func compareNumbers(a, b Value) (int, bool) {
	switch {
	case a.kind == Float && b.kind == Float:
		x, y := a.Float(), b.Float()
		if math.IsNaN(x) || math.IsNaN(y) {
			return 0, false
		}
		return cmp.Compare(x, y), true
	case a.kind == Float:
		c, ok := compareIntFloat(b, a.Float())
		return -c, ok
	case b.kind == Float:
		return compareIntFloat(a, b.Float())
	case a.kind == b.kind && a.kind == Int:
		return cmp.Compare(a.Int(), b.Int()), true
	case a.kind == b.kind:
		return cmp.Compare(a.num, b.num), true
	case a.kind == Uint: // a Uint is above every Int
		return 1, true
	default:
		return -1, true
	}
}

func compareIntFloat(i Value, f float64) (int, bool) {
	const two63, two64 = 1 << 63, 1 << 64
	switch {
	case math.IsNaN(f):
		return 0, false
	case f >= two64:
		return -1, true
	case f < -two63:
		return 1, true
	}
	whole := math.Trunc(f)
	var c int
	switch {
	case i.kind == Uint && whole < two63:
		return 1, true
	case i.kind == Uint:
		c = cmp.Compare(i.num, uint64(whole))
	case whole >= two63:
		return -1, true
	default:
		c = cmp.Compare(i.Int(), int64(whole))
	}
	if c == 0 {
		c = cmp.Compare(whole, f)
	}
	return c, true
}

// Order is a total order of single values and null, for sorting keys: null,
// false, true, numbers, dates, then text by its bytes, then the rest.
func Order(a, b Value) int {
	if ra, rb := rank(a.kind), rank(b.kind); ra != rb {
		return ra - rb
	}
	c, _ := Compare(a, b)
	return c
}

func rank(k Kind) int {
	switch k {
	case Null:
		return 0
	case Bool:
		return 1
	case Int, Uint, Float:
		return 2
	case Date:
		return 3
	case String:
		return 4
	case IP:
		return 5
	case Version:
		return 6
	default:
		return 7
	}
}

// compareVersions orders versions as Elasticsearch's version field does:
// semantic versioning, and texts that are no versions after all that are.
func compareVersions(a, b string) int {
	mainA, preA, okA := splitVersion(a)
	mainB, preB, okB := splitVersion(b)
	switch {
	case okA && !okB:
		return -1
	case !okA && okB:
		return 1
	case !okA:
		return strings.Compare(a, b)
	}
	if c := compareParts(mainA, mainB); c != 0 {
		return c
	}
	switch {
	case preA == "" && preB == "":
		return strings.Compare(a, b)
	case preA == "":
		return 1
	case preB == "":
		return -1
	}
	if c := compareParts(strings.Split(preA, "."), strings.Split(preB, ".")); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// splitVersion takes "1.2.3-pre+build" apart.
func splitVersion(s string) (parts []string, pre string, ok bool) {
	s, _, _ = strings.Cut(s, "+")
	s, pre, _ = strings.Cut(s, "-")
	parts = strings.Split(s, ".")
	for _, p := range parts {
		if !isDigits(p) {
			return nil, "", false
		}
	}
	return parts, pre, true
}

func compareParts(a, b []string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		x, y := a[i], b[i]
		dx, dy := isDigits(x), isDigits(y)
		switch {
		case dx && dy:
			x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
		case dx:
			return -1
		case dy:
			return 1
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
