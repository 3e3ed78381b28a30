package op

import (
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// equalsText is the test that a value is a certain String.
type equalsText struct{ s string }

func (t equalsText) holds(v *value.Value) bool { return v.Kind() == value.String && v.Str() == t.s }
func (equalsText) describe() string            { return "exact" }

func (t equalsText) pred(r ref) Pred {
	if r.frame != 0 {
		return nil
	}
	return &textPred{r.slot, pattern.NewText(t.s)}
}

// textPred is the predicate of equalsText.
type textPred struct {
	slot event.Slot
	text pattern.Text
}

func (p *textPred) Test(c *Ctx) bool {
	v := c.Rec.At(p.slot)
	if v.Kind() == value.String {
		return p.text.Match(v.Str())
	}
	return p.some(v)
}

// some is Test for a value that is no String.
func (p *textPred) some(v *value.Value) bool {
	elems := v.Elems()
	for i := range elems {
		if e := &elems[i]; e.Kind() == value.String && p.text.Match(e.Str()) {
			return true
		}
	}
	return false
}
func (p *textPred) describe() string { return "exact" }

// matches is the test that the text of a value matches.
type matches struct {
	m pattern.Matcher
	// strings says that only a String counts, not the text of other kinds.
	strings bool
	note    string
}

func (t matches) holds(v *value.Value) bool { return t.reads(v.Kind()) && t.m.Match(v.Str()) }
func (t matches) describe() string          { return t.note }

func (t *matches) reads(k value.Kind) bool { return k == value.String || !t.strings && k.IsText() }

func (t matches) pred(r ref) Pred {
	folding, ok := t.m.(pattern.Folding)
	switch {
	case r.frame == 0 && ok:
		t.m = folding.Folded()
		if text, ok := t.m.(*pattern.Text); ok {
			return &foldTextPred{r.slot, *text, t}
		}
		return &foldPred{r.slot, t}
	case r.frame == 0:
		return &matchPred{r.slot, t}
	case ok:
		return &refFoldPred{r, t, matches{folding.Folded(), t.strings, t.note}}
	default:
		return nil
	}
}

// some reports whether one of the values of v matches.
func (t *matches) some(v *value.Value) bool {
	switch k := v.Kind(); {
	case t.reads(k):
		return t.m.Match(v.Str())
	case k == value.List:
		elems := v.Elems()
		for i := range elems {
			if e := &elems[i]; t.reads(e.Kind()) && t.m.Match(e.Str()) {
				return true
			}
		}
	}
	return false
}

// matchPred is the predicate of matches that mind the case.
type matchPred struct {
	slot event.Slot
	matches
}

func (p *matchPred) Test(c *Ctx) bool {
	v := c.Rec.At(p.slot)
	if v.Kind() == value.String {
		return p.m.Match(v.Str())
	}
	return p.some(v)
}

// foldPred is the predicate of matches that do not mind the case: the record
// folds the field, once for all of them.
type foldPred struct {
	slot event.Slot
	matches
}

func (p *foldPred) Test(c *Ctx) bool {
	v := c.Rec.FoldAt(p.slot)
	if v.Kind() == value.String {
		return p.m.Match(v.Str())
	}
	return p.some(v)
}

// foldTextPred is foldPred for one text.
type foldTextPred struct {
	slot event.Slot
	text pattern.Text
	matches
}

func (p *foldTextPred) Test(c *Ctx) bool {
	v := c.Rec.FoldAt(p.slot)
	if v.Kind() == value.String {
		return p.text.Match(v.Str())
	}
	return p.some(v)
}

// refFoldPred is foldPred for any frame. What has no record is folded each time.
type refFoldPred struct {
	ref
	matches
	folded matches
}

func (p *refFoldPred) Test(c *Ctx) bool {
	if rec := c.frames[p.frame-1].rec; rec != nil {
		return p.folded.some(rec.FoldAt(p.slot))
	}
	return p.some(c.at(p.ref))
}
