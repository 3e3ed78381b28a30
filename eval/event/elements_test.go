package event_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// fieldsOnly hides all of an event but its look-ups.
type fieldsOnly struct{ event.Event }

// TestElements reads arrays element by element, whichever way an event holds
// them.
func TestElements(t *testing.T) {
	for doc, want := range map[string][]string{
		`{"s": [{"a": 1, "b": {"c": "x"}}, {"a": 18446744073709551615}]}`: {`1 x null`, `18446744073709551615 null null`},
		`{"s": {"a": "lone", "b.c": "dotted"}}`:                           {`lone dotted null`},
		`{"s": ["text", 5, true, null, [], [{"a": [1, 2]}]]}`:             {`null null text`, `null null 5`, `null null true`, `[1, 2] null null`},
		`{"s": [{"b": {"c": 1}, "b.c": 2}, "after"]}`:                     {`null [1, 2] null`, `null null after`},
		`{"s": null}`:           nil,
		`{"t": 1}`:              nil,
		`{"s": []}`:             nil,
		`{"s": [{"x": 1}, {}]}`: {`null null null`, `null null null`},
	} {
		l := event.NewLayout()
		list, inner := l.AddElements("s")
		again, same := l.AddElements("s")
		require.Equal(t, list, again)
		require.Same(t, inner, same)
		slots := []event.Slot{
			inner.AddTyped("a", event.SlotOptions{Scalars: true}),
			inner.AddTyped("b.c", event.SlotOptions{Scalars: true}),
			inner.AddTyped("", event.SlotOptions{Scalars: true}),
		}
		r := event.NewRecord(l)
		m, err := event.Decode([]byte(doc))
		require.NoError(t, err)
		for name, ev := range map[string]event.Event{
			"JSON": event.JSON([]byte(doc)), "Map": event.Map(m), "fields": fieldsOnly{event.Map(m)},
		} {
			for range 2 { // records of elements are used again
				require.NoError(t, r.Fill(ev))
				var got []string
				for i := range r.Elements(list) {
					e := r.Element(list, i)
					got = append(got, e.Get(slots[0]).String()+" "+e.Get(slots[1]).String()+" "+e.Get(slots[2]).String())
				}
				assert.Equal(t, want, got, "%s as %s", doc, name)
			}
		}
	}
}

// TestElements_nested reads an array within the elements of another, and a
// field of elements as a whole beside them.
func TestElements_nested(t *testing.T) {
	l := event.NewLayout()
	flat := l.Add("s.t.a")
	outer, elements := l.AddElements("s")
	inner, within := elements.AddElements("t")
	a := within.Add("a")
	r := event.NewRecord(l)
	require.NoError(t, r.Fill(event.JSON([]byte(`{"s": [{"t": [{"a": 1}, {"a": 2}]}, {"t": {"a": 3}}]}`))))
	var got []int64
	for i := range r.Elements(outer) {
		e := r.Element(outer, i)
		for j := range e.Elements(inner) {
			got = append(got, e.Element(inner, j).Get(a).Int())
		}
	}
	assert.Equal(t, []int64{1, 2, 3}, got)
	assert.Equal(t, "[1, 2, 3]", r.Get(flat).String())
}

// TestElements_own reads the objects of an embedder's event.
func TestElements_own(t *testing.T) {
	l := event.NewLayout()
	list, inner := l.AddElements("stack")
	symbol := inner.Add("symbol")
	r := event.NewRecord(l)
	for _, ev := range []event.Event{frames{"a!b", "c!d"}, extracted{frames{"a!b", "c!d"}}, frames{"e!f"}} {
		require.NoError(t, r.Fill(ev))
		last := r.Elements(list) - 1
		assert.Contains(t, []string{"c!d", "e!f"}, r.Element(list, last).Get(symbol).Str())
	}
	require.NoError(t, r.Fill(extracted{}))
	assert.Zero(t, r.Elements(list))
}

type (
	frames []string
	frame  string
)

func (f frames) Field(path string) value.Value {
	var out []value.Value
	for _, s := range f {
		if path == "stack" {
			out = append(out, value.OfObject(frame(s)))
		}
	}
	return value.OfList(out)
}

// An extracted event fills a record as an embedder would that has no use for look-ups.
type extracted struct{ frames }

func (x extracted) Extract(l *event.Layout, r *event.Record) error {
	for i := range l.Paths() {
		r.Set(event.Slot(i), value.OfString(l.Source(event.Slot(i))))
	}
	for i, path := range l.Lists() {
		r.SetElements(event.List(i), x.Field(path))
	}
	return nil
}

func (f frame) Field(path string) value.Value {
	if path == "symbol" {
		return value.OfString(string(f))
	}
	return value.Value{}
}

// TestElements_allocations shows that the records of elements cost nothing once
// they are there.
func TestElements_allocations(t *testing.T) {
	l := event.NewLayout()
	list, inner := l.AddElements("s")
	a := inner.Add("a")
	r := event.NewRecord(l)
	doc := event.JSON([]byte(`{"s": [{"a": "x", "b": 1}, {"a": "y"}, {"a": "z", "c": [1, 2, {"d": 3}]}]}`))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_ = r.Fill(doc)
		for i := range r.Elements(list) {
			_ = r.Element(list, i).Get(a)
		}
	}))
}
