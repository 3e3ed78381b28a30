package pattern

import "unicode/utf8"

// A shiftAnd searches for a word in which some symbols are left open. Bit i of
// its state says that the last i+1 symbols of the text agree with the first i+1
// of the word, so a step takes as many operations as the word has machine words.
type shiftAnd struct {
	words int
	last  uint64 // the bit of the last symbol, in the last machine word
	open  []uint64
	ascii []uint64 // per ASCII character the symbols it agrees with
	other map[symbol][]uint64
}

func newShiftAnd(word []symbol) *shiftAnd {
	w := (len(word) + 63) / 64
	f := &shiftAnd{
		words: w,
		last:  1 << ((len(word) - 1) % 64),
		open:  make([]uint64, w),
		ascii: make([]uint64, utf8.RuneSelf*w),
		other: map[symbol][]uint64{},
	}
	for i, x := range word {
		if x == anyOne {
			f.open[i/64] |= 1 << (i % 64)
		}
	}
	for c := range utf8.RuneSelf {
		copy(f.mask(symbol(c)), f.open)
	}
	for i, x := range word {
		if x == anyOne {
			continue
		}
		if x >= utf8.RuneSelf && f.other[x] == nil {
			f.other[x] = append([]uint64(nil), f.open...)
		}
		f.mask(x)[i/64] |= 1 << (i % 64)
	}
	return f
}

func (f *shiftAnd) mask(x symbol) []uint64 {
	if x < utf8.RuneSelf {
		return f.ascii[int(x)*f.words:][:f.words]
	}
	if m, ok := f.other[x]; ok {
		return m
	}
	return f.open
}

// find returns where the first occurrence of the word in s ends.
func (f *shiftAnd) find(s string) (end int, ok bool) {
	var few [4]uint64
	state := few[:]
	if f.words > len(few) {
		state = make([]uint64, f.words)
	}
	state = state[:f.words]
	for i := 0; i < len(s); {
		x, n := symbol(s[i]), 1
		if x >= utf8.RuneSelf {
			x, n = firstSymbol(s[i:])
		}
		i += n
		carry := uint64(1)
		for j, m := range f.mask(x) {
			old := state[j]
			state[j] = (old<<1 | carry) & m
			carry = old >> 63
		}
		if state[len(state)-1]&f.last != 0 {
			return i, true
		}
	}
	return 0, false
}
