//go:build eqlpoison

package event

import "github.com/eqlkit/eqlkit/eval/value"

// poisoning makes a record overwrite all that its values point to as soon as it
// is filled again. With the tag, tests fail if anything keeps such a value
// without a copy.
const poisoning = true

// own moves all text of the values into the record, so that it is poisoned, too.
func (r *Record) own() {
	for _, s := range r.set {
		r.vals[s] = r.owned(r.vals[s])
	}
}

func (r *Record) owned(v value.Value) value.Value {
	switch k := v.Kind(); {
	case k.IsText():
		from := len(r.texts)
		r.texts = append(r.texts, v.Str()...)
		return v.WithText(aliasString(r.texts[from:]))
	case k == value.List:
		return r.each(v.Elems(), r.owned)
	default:
		return v
	}
}

// poison overwrites what values of the event before point to. Memory that was
// given up for a larger piece cannot be reached any more; that is rare.
func (r *Record) poison() {
	for i := range r.texts {
		r.texts[i] = '#'
	}
	junk := value.OfString("a value was kept without a copy")
	for _, s := range r.multi {
		for i := range r.more[s] {
			r.more[s][i] = junk
		}
	}
	for i := range r.elems {
		r.elems[i] = junk
	}
	for _, o := range r.objects.objects[:r.objects.used] {
		o.text, o.self = "null", nil
	}
}
