package evaltest

// A lucene is a regular expression as Lucene has them. It is one of the shapes
// told apart by kind.
type lucene struct {
	kind     luceneKind
	parts    []*lucene       // the one of repeated and butNot
	class    func(rune) bool // of oneRune
	min, max int             // of repeated; max is -1 if there is none
}

type luceneKind int

const (
	oneRune  luceneKind = iota // a code point out of a class
	inOrder                    // parts in a row; the empty string if there are none
	anyOf                      // any part; nothing if there are none
	allOf                      // what all parts match
	butNot                     // what the part does not match
	repeated                   // the part min to max times
)

// matches reports whether r matches the whole of s.
func (r *lucene) matches(s []rune) bool {
	return r.ends(s, only(0, s))[len(s)]
}

// A places is a set of places in a string of runes: those that are true.
type places []bool

// only is the set of the place i in s.
func only(i int, s []rune) places {
	p := make(places, len(s)+1)
	p[i] = true
	return p
}

// ends returns where the matches of r end that begin at one of starts.
func (r *lucene) ends(s []rune, starts places) places {
	out := make(places, len(s)+1)
	switch r.kind {
	case oneRune:
		for i, ok := range starts {
			if ok && i < len(s) && r.class(s[i]) {
				out[i+1] = true
			}
		}
	case inOrder:
		out.add(starts)
		for _, p := range r.parts {
			out = p.ends(s, out)
		}
	case anyOf:
		for _, p := range r.parts {
			out.add(p.ends(s, starts))
		}
	case allOf, butNot:
		// The parts must agree on the start, so each start goes on its own.
		for i, ok := range starts {
			if ok {
				out.add(r.endsOf(s, i))
			}
		}
	case repeated:
		here := starts
		for range r.min {
			here = r.parts[0].ends(s, here)
		}
		out.add(here)
		for n := r.min; n != r.max; n++ {
			here = r.parts[0].ends(s, here)
			if !out.add(here) {
				break
			}
		}
	}
	return out
}

// endsOf is ends for allOf and butNot and one start.
func (r *lucene) endsOf(s []rune, start int) places {
	out := make(places, len(s)+1)
	for end := start; end <= len(s); end++ {
		out[end] = true
	}
	for _, p := range r.parts {
		for end, ok := range p.ends(s, only(start, s)) {
			out[end] = out[end] && ok == (r.kind == allOf)
		}
	}
	return out
}

// add puts the places of q into p and reports whether there were new ones.
func (p places) add(q places) bool {
	grown := false
	for i, ok := range q {
		if ok && !p[i] {
			p[i], grown = true, true
		}
	}
	return grown
}
