package pattern

import (
	"strconv"
	"strings"
)

// interval returns a term for the decimal numbers from lo to hi, which it puts
// in order. Bounds written with the same number of digits ask for numbers of
// just that many; otherwise there may be any number of zeros in front.
func (b *termTable) interval(lo, hi string) (*term, bool) {
	from, errFrom := parseBound(lo)
	to, errTo := parseBound(hi)
	if errFrom != nil || errTo != nil {
		return nil, false
	}
	if from > to {
		from, to = to, from
	}
	if len(lo) == len(hi) {
		return b.fixedWidth(padded(from, len(lo)), padded(to, len(hi))), true
	}
	var widths []*term
	least, most := uint64(0), uint64(9) // of the numbers with so many digits
	for width := 1; least <= to; width++ {
		if from <= most {
			widths = append(widths, b.fixedWidth(padded(max(from, least), width), padded(min(to, most), width)))
		}
		least, most = most+1, 10*most+9
	}
	zero := b.set(charSet{{'0', '0'}})
	return b.cat(b.repeat(zero, 0, many), b.alt(widths)), true
}

// parseBound parses a number without sign that fits 32 bits with sign.
func parseBound(s string) (uint64, error) { return strconv.ParseUint(s, 10, 31) }

func padded(n uint64, width int) string {
	s := strconv.FormatUint(n, 10)
	return strings.Repeat("0", max(width-len(s), 0)) + s
}

// fixedWidth returns a term for the numbers from lo to hi, which have the same
// number of digits, as has the result.
func (b *termTable) fixedWidth(lo, hi string) *term {
	switch {
	case lo == "":
		return b.empty
	case lo[0] == hi[0]:
		return b.cat(b.digit(lo[0], hi[0]), b.fixedWidth(lo[1:], hi[1:]))
	}
	rest := len(lo) - 1
	return b.alt([]*term{
		b.cat(b.digit(lo[0], lo[0]), b.fixedWidth(lo[1:], strings.Repeat("9", rest))),
		b.cat(b.digit(lo[0]+1, hi[0]-1), b.repeat(b.digit('0', '9'), int32(rest), int32(rest))),
		b.cat(b.digit(hi[0], hi[0]), b.fixedWidth(strings.Repeat("0", rest), hi[1:])),
	})
}

// digit returns a term for the digits from lo to hi, perhaps none.
func (b *termTable) digit(lo, hi byte) *term {
	if lo > hi {
		return b.none
	}
	return b.set(charSet{{symbol(lo), symbol(hi)}})
}
