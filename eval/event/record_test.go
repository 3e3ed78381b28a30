package event_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// plain is an Event that is no Extractor.
type plain struct{ event.Event }

func (p plain) Field(path string) value.Value { return p.Event.Field(path) }

func TestSlots(t *testing.T) {
	l := event.NewLayout()
	a := l.Add("a")
	b := l.Add("b")
	assert.Equal(t, a, l.Add("a"))
	assert.Equal(t, a, l.AddTyped("a", event.SlotOptions{}))
	upper := l.AddTyped("a", event.SlotOptions{Name: "upper", Source: "b"})
	assert.NotEqual(t, a, upper)
	assert.Equal(t, upper, l.AddTyped("a", event.SlotOptions{Name: "upper"}), "the first options count")

	assert.Equal(t, 3, l.Len())
	assert.Equal(t, []string{"a", "b", "a"}, l.Paths())
	assert.Equal(t, "a", l.Path(upper))
	assert.Equal(t, "b", l.Source(upper))
	assert.Equal(t, "b", l.Source(b))

	r := event.NewRecord(l)
	assert.Same(t, l, r.Layout())
	assert.Equal(t, b, l.Add("b"), "slots that exist may be asked for")
	assert.Panics(t, func() { l.Add("c") })
}

func TestSetAndReset(t *testing.T) {
	l := event.NewLayout()
	s := l.Add("a")
	r := event.NewRecord(l)
	assert.True(t, r.Get(s).IsNull())
	r.Set(s, value.OfInt(1))
	assert.Equal(t, int64(1), r.Get(s).Int())
	r.Reset()
	assert.True(t, r.Get(s).IsNull())
}

// Options have the same effect whatever kind of event is read.
func TestSlotOptions(t *testing.T) {
	upper := func(v value.Value) value.Value {
		if v.Kind() != value.String || v.Str() == "drop" {
			return value.Value{}
		}
		return value.OfString(strings.ToUpper(v.Str()))
	}
	tests := []struct {
		name    string
		options event.SlotOptions
		doc     string
		want    string
	}{
		{"none", event.SlotOptions{}, `{"f":1}`, "integer 1"},
		{"source", event.SlotOptions{Source: "g.h"}, `{"f":1,"g":{"h":2}}`, "integer 2"},
		{"convert", event.SlotOptions{Convert: upper}, `{"f":"x"}`, "'X'"},
		{"convert each", event.SlotOptions{Convert: upper}, `{"f":["x",["y",3]]}`, "['X', 'Y']"},
		{"drop", event.SlotOptions{Convert: upper}, `{"f":"drop"}`, "null"},
		{"drop all", event.SlotOptions{Convert: upper}, `{"f":["drop","drop"]}`, "null"},
		{"drop but one", event.SlotOptions{Convert: upper}, `{"f":["drop","x"]}`, "'X'"},
		{"missing", event.SlotOptions{Convert: upper}, `{}`, "null"},
		{"text", event.SlotOptions{Text: true}, `{"f":[1,true,"x",18446744073709551615]}`, "['1', 'true', 'x', '18446744073709551615']"},
		{"text of a float", event.SlotOptions{Text: true}, `{"f":0.25}`, "'0.25'"},
		{"text converted", event.SlotOptions{Text: true, Convert: upper}, `{"f":false}`, "'FALSE'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := event.NewLayout()
			s := l.AddTyped("f", tt.options)
			r := event.NewRecord(l)
			m, err := event.Decode([]byte(tt.doc))
			require.NoError(t, err)
			for _, ev := range []event.Event{event.JSON([]byte(tt.doc)), event.Map(m), plain{event.Map(m)}} {
				require.NoError(t, r.Fill(ev))
				assert.Equal(t, tt.want, show(r.Get(s)), "%T", ev)
			}
		})
	}
}

func TestNull(t *testing.T) {
	l := event.NewLayout()
	bare := l.Add("f")
	s := l.AddTyped("f", event.SlotOptions{
		Name:    "date",
		Null:    value.OfString("none"),
		Convert: func(v value.Value) value.Value { return value.OfString("<" + v.Str() + ">") },
	})
	r := event.NewRecord(l)
	for doc, want := range map[string]string{
		`{"f":null}`:          "'<none>'",
		`{"f":["x",null]}`:    "['<x>', '<none>']",
		`{"f":[[null],null]}`: "['<none>', '<none>']",
		`{"f":[]}`:            "null",
		`{"f":{}}`:            "'<>'",
		`{}`:                  "null",
		`{"f":1,"f":null}`:    "'<none>'",
	} {
		m, err := event.Decode([]byte(doc))
		require.NoError(t, err)
		for _, ev := range []event.Event{event.JSON([]byte(doc)), event.Map(m)} {
			require.NoError(t, r.Fill(ev))
			assert.Equal(t, want, show(r.Get(s)), "%T %s", ev, doc)
			assert.NotContains(t, show(r.Get(bare)), "none")
		}
	}
}

func TestNumbersAsText(t *testing.T) {
	l := event.NewLayout()
	s := l.AddTyped("f", event.SlotOptions{Text: true})
	r := event.NewRecord(l)
	require.NoError(t, r.Fill(event.JSON([]byte(`{"f":1.50e3}`))))
	assert.Equal(t, "1.50e3", r.Get(s).Str(), "as it is written")
	for f, want := range map[float64]string{2: "2", 1e20: "100000000000000000000", 1e21: "1e+21", 1e-7: "1e-7", -0.5: "-0.5"} {
		require.NoError(t, r.Fill(event.Map{"f": f}))
		assert.Equal(t, want, r.Get(s).Str())
	}
}

func TestFold(t *testing.T) {
	l := event.NewLayout()
	one, several, number := l.Add("one"), l.Add("several"), l.Add("number")
	r := event.NewRecord(l)
	for _, c := range []struct {
		doc          string
		one, several value.Value
	}{
		{
			`{"one": "C:\\Windows", "several": ["A", 1, "É"], "number": 7}`,
			value.OfString(`c:\windows`), value.OfList([]value.Value{value.OfString("a"), value.OfInt(1), value.OfString("é")}),
		},
		{`{"one": "X", "number": 7}`, value.OfString("x"), value.Value{}},
	} {
		require.NoError(t, r.Fill(event.JSON([]byte(c.doc))))
		for range 2 {
			require.Equal(t, c.one.String(), r.Fold(one).String())
			require.Equal(t, c.several.String(), r.Fold(several).String())
			require.Equal(t, int64(7), r.Fold(number).Int())
		}
	}
}
