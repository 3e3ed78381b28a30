package pattern

import "unicode/utf8"

// IndexFold returns the offset in bytes of the first occurrence of sub in s,
// whatever the case, or -1. The text found has as many code points as sub, but
// perhaps not as many bytes.
func IndexFold(s, sub string) int {
	if sub == "" {
		return 0
	}
	first, _ := firstSymbol(sub)
	first = foldSymbol(first)
	// Trying sub at every place is fast but for repetitive texts, such as a
	// long run of one letter. Once more has been spent on failed attempts than
	// on advancing, a search that never looks back takes over.
	spent := 0
	for i := 0; i < len(s); {
		x, n := symbol(foldByte(s[i])), 1
		if x >= utf8.RuneSelf {
			x, n = firstSymbol(s[i:])
			x = foldSymbol(x)
		}
		if x == first {
			tried := s[i:]
			same, ok := prefixFold(tried, sub)
			if ok {
				return i
			}
			if spent += same; spent > 4*i+256 {
				if at := newFoldFinder(sub).find(tried, false); at >= 0 {
					return i + at
				}
				return -1
			}
		}
		i += n
	}
	return -1
}

// LastIndexFold is IndexFold for the last occurrence.
func LastIndexFold(s, sub string) int {
	if sub == "" {
		return len(s)
	}
	return newFoldFinder(sub).find(s, true)
}

// A foldFinder searches by the method of Knuth, Morris and Pratt.
type foldFinder struct {
	word []symbol // folded; not empty
	// border[i] is the length of the longest proper prefix of word[:i+1] that
	// is also its suffix.
	border []int
}

func newFoldFinder(sub string) *foldFinder {
	f := &foldFinder{word: make([]symbol, 0, len(sub))}
	for i := 0; i < len(sub); {
		x, n := firstSymbol(sub[i:])
		f.word = append(f.word, foldSymbol(x))
		i += n
	}
	f.border = make([]int, len(f.word))
	k := 0
	for i := 1; i < len(f.word); i++ {
		k = f.step(k, f.word[i])
		f.border[i] = k
	}
	return f
}

// step returns the length of the longest prefix of the word that ends the text
// read so far, given that it was k before the folded symbol x.
func (f *foldFinder) step(k int, x symbol) int {
	for k > 0 && (k == len(f.word) || f.word[k] != x) {
		k = f.border[k-1]
	}
	if f.word[k] == x {
		k++
	}
	return k
}

// find returns the offset of the first or the last occurrence in s, or -1.
func (f *foldFinder) find(s string, last bool) int {
	end, k := -1, 0
	for i := 0; i < len(s); {
		x, n := firstSymbol(s[i:])
		i += n
		if k = f.step(k, foldSymbol(x)); k < len(f.word) {
			continue
		}
		end = i
		if !last {
			break
		}
	}
	if end < 0 {
		return -1
	}
	start := end
	for range f.word {
		_, n := lastSymbol(s[:start])
		start -= n
	}
	return start
}
