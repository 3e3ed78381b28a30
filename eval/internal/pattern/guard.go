package pattern

import "slices"

// A guarded matches what an automaton does, but looks first for what that cannot do
// without: it takes a step for each character of the text, and most texts do not match.
type guarded struct{ guard, automaton Matcher }

// Match implements Matcher.
func (m *guarded) Match(s string) bool { return m.guard.Match(s) && m.automaton.Match(s) }

// minGuard is how many bytes a part has at least that a guard looks for anywhere.
const minGuard = 2

// guardOf returns a Matcher for all texts, and others, that t matches; with fold, case
// does not matter to t. It returns nil if there is no such thing that takes less time
// than an automaton: one is quick to refuse what begins with something else.
func guardOf(b *termTable, t *term, fold bool) Matcher {
	r := requirer{table: b, inside: minGuard, fold: fold, budget: maxRequiredTerms}
	parts := r.parts(t)
	if !slices.ContainsFunc(parts, func(p Part) bool { return p.Place&(AtBegin|AtSecond) == 0 }) {
		return nil
	}
	gs := make([]glob, len(parts))
	for i, p := range parts {
		gs[i] = p.glob()
	}
	return matchGlobs(gs, fold)
}

// glob returns the glob for texts that have the part.
func (p Part) glob() glob {
	text := segment{text: p.Text}
	switch p.Place {
	case Whole:
		return glob{head: text, closed: true}
	case AtBegin:
		return glob{head: text}
	case AtSecond:
		return glob{head: segment{open: leadingOne, text: p.Text}}
	case AtEnd:
		return glob{tail: text}
	default:
		return glob{middle: []searched{{segment: text, needle: newNeedle(p.Text)}}}
	}
}
