package event_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// show prints a value with its kind, such that different values differ.
func show(v value.Value) string {
	switch v.Kind() {
	case value.Null:
		return "null"
	case value.List:
		parts := make([]string, len(v.Elems()))
		for i, e := range v.Elems() {
			parts[i] = show(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case value.String:
		return "'" + v.Str() + "'"
	case value.Object:
		o := v.Payload().(event.Object)
		return "{a=" + show(o.Field("a")) + " a.b=" + show(o.Field("a.b")) + "}"
	default:
		return v.Kind().String() + " " + v.String()
	}
}

var documents = []struct {
	name, doc, path, want string
}{
	{"nested", `{"a":{"b":{"c":1}}}`, "a.b.c", "integer 1"},
	{"dotted", `{"a.b.c":1}`, "a.b.c", "integer 1"},
	{"dotted above", `{"a.b":{"c":1}}`, "a.b.c", "integer 1"},
	{"dotted below", `{"a":{"b.c":1}}`, "a.b.c", "integer 1"},
	{"all of them", `{"a.b.c":4,"a.b":{"c":3},"a":{"b.c":2,"b":{"c":1}}}`, "a.b.c", "[integer 1, integer 2, integer 3, integer 4]"},
	{"dotted twice over", `{"a.b":{"c.d":2},"a":{"b.c":{"d":1}}}`, "a.b.c.d", "[integer 1, integer 2]"},
	{"missing", `{"a":{"b":1}}`, "a.c", "null"},
	{"below a scalar", `{"a":1}`, "a.b", "null"},
	{"a longer name", `{"ab":1,"a.bc":2}`, "a.b", "null"},
	{"case matters", `{"A":1}`, "a", "null"},
	{"null", `{"a":null}`, "a", "null"},
	{"empty array", `{"a":[]}`, "a", "null"},
	{"null in an array", `{"a":[null,1]}`, "a", "integer 1"},
	{"array", `{"a":[1,"x",true]}`, "a", "[integer 1, 'x', boolean true]"},
	{"nested arrays", `{"a":[1,[2,[[3]],[]]]}`, "a", "[integer 1, integer 2, integer 3]"},
	{"array of objects", `{"o":[{"a":1},{"a":2},{"b":3},4]}`, "o.a", "[integer 1, integer 2]"},
	{"arrays on the way", `{"a":[{"b":[{"c":[1,2]},{"c":3}]},[{"b":{"c":4}}]]}`, "a.b.c", "[integer 1, integer 2, integer 3, integer 4]"},
	{"object", `{"o":{"a":{"b":1}}}`, "o", "{a={a=null a.b=null} a.b=integer 1}"},
	{"objects", `{"o":[{"a":"x"},5,{"a.b":"y"}]}`, "o", "[{a='x' a.b=null}, integer 5, {a=null a.b='y'}]"},
	{"the last of equal keys", `{"a":1,"a":2}`, "a", "integer 2"},
	{"the last, though null", `{"a":1,"a":null}`, "a", "null"},
	{"equal keys do not merge", `{"a":{"b":1},"a":{"c":2}}`, "a.b", "null"},
	{"equal dotted keys", `{"a.b":1,"a.b":2}`, "a.b", "integer 2"},
	{"equal keys in an object", `{"o":{"a":1,"a":2}}`, "o", "{a=integer 2 a.b=null}"},
	{"a key in escapes", `{"\u0061":1}`, "a", "integer 1"},
	{"equal but for escapes", `{"a":1,"\u0061":2}`, "a", "integer 2"},
	{"empty key", `{"":1}`, "", "integer 1"},
	{"empty segment", `{"a.":{"b":1}}`, "a..b", "integer 1"},
	{"white space", " {\t\"a\" :\r\n[ 1 , 2 ] } ", "a", "[integer 1, integer 2]"},

	{"zero", `{"a":0}`, "a", "integer 0"},
	{"minus zero", `{"a":-0}`, "a", "integer 0"},
	{"exact integer", `{"a":9007199254740993}`, "a", "integer 9007199254740993"},
	{"smallest integer", `{"a":-9223372036854775808}`, "a", "integer -9223372036854775808"},
	{"largest integer", `{"a":9223372036854775807}`, "a", "integer 9223372036854775807"},
	{"unsigned", `{"a":9223372036854775808}`, "a", "unsigned integer 9223372036854775808"},
	{"largest unsigned", `{"a":18446744073709551615}`, "a", "unsigned integer 18446744073709551615"},
	{"beyond unsigned", `{"a":18446744073709551616}`, "a", "float 1.8446744073709552E19"},
	{"below integers", `{"a":-9223372036854775809}`, "a", "float -9.223372036854775808E18"},
	{"fraction", `{"a":1.50}`, "a", "float 1.5"},
	{"exponent", `{"a":1e2}`, "a", "float 100.0"},
	{"out of range", `{"a":[1e999,-1e999,1e-999]}`, "a", "[float Infinity, float -Infinity, float 0.0]"},

	{"text", `{"a":"x\"\\\/\b\f\n\r\ty"}`, "a", "'x\"\\/\b\f\n\r\ty'"},
	{"letters", `{"a":"ä\u00e4\u20AC😀\ud83d\uDE00"}`, "a", "'ää€😀😀'"},
	{"half a surrogate pair", `{"a":"\ud83dx\ude00\ud83d\ud83d\ude00\ud83d\n"}`, "a", "'\ufffdx\ufffd\ufffd😀\ufffd\n'"},
	{"not UTF-8", "{\"a\":\"x\xff\xfey\xe2\x82\"}", "a", "'x\ufffd\ufffdy\ufffd\ufffd'"},
	{"a key that is not UTF-8", "{\"a\xff\":1}", "a\ufffd", "integer 1"},
	{"NUL", `{"a":"\u0000"}`, "a", "'\x00'"},
}

func TestFields(t *testing.T) {
	for _, tt := range documents {
		t.Run(tt.name, func(t *testing.T) {
			m, err := event.Decode([]byte(tt.doc))
			require.NoError(t, err)
			doc := event.JSON([]byte(tt.doc))

			want := tt.want
			if tt.name == "below integers" { // the rendering of floats is not the point
				want = show(value.OfFloat(-9223372036854775809))
			}
			assert.Equal(t, want, show(event.Map(m).Field(tt.path)), "Map.Field")
			assert.Equal(t, want, show(doc.Field(tt.path)), "JSON.Field")

			l := event.NewLayout()
			s := l.Add(tt.path)
			l.Add(tt.path + ".more") // a path below
			r := event.NewRecord(l)
			for range 2 { // a record is reused
				require.NoError(t, r.Fill(event.Map(m)))
				assert.Equal(t, want, show(r.Get(s)), "Map.Extract")
				require.NoError(t, r.Fill(doc))
				assert.Equal(t, want, show(r.Get(s)), "JSON.Extract")
			}
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	deep := func(n int) string {
		return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	tests := []struct {
		name, doc string
		offset    int64
		msg       string
	}{
		{"nothing", "", 0, "expected an object, found the end"},
		{"blanks", " \n", 2, "expected an object, found the end"},
		{"array", ` [{}]`, 1, "expected an object, found '['"},
		{"string", `"a"`, 0, "expected an object, found '\"'"},
		{"null", `null`, 0, "expected an object, found 'n'"},
		{"byte order mark", "\ufeff{}", 0, `expected an object, found '\ufeff'`},
		{"no text at all", "\xff", 0, "expected an object, found the byte 0xff"},
		{"two objects", `{} {}`, 3, "expected the end, found '{'"},
		{"open object", `{"a":1`, 6, "expected ',' or '}', found the end"},
		{"open key", `{"a`, 3, "expected '\"', found the end"},
		{"trailing comma", `{"a":1,}`, 7, "expected a key, found '}'"},
		{"bare key", `{a:1}`, 1, "expected a key, found 'a'"},
		{"no colon", `{"a" 1}`, 5, "expected ':', found '1'"},
		{"no comma", `{"a":1 "b":2}`, 7, "expected ',' or '}', found '\"'"},
		{"no value", `{"a":}`, 5, "expected a value, found '}'"},
		{"comma in an array", `{"a":[1,]}`, 8, "expected a value, found ']'"},
		{"wrong bracket", `{"a":[1}`, 7, "expected ',' or ']', found '}'"},
		{"word", `{"a":nul}`, 5, "expected a value, found 'n'"},
		{"cut word", `{"a":tru`, 5, "expected a value, found 't'"},
		{"NaN", `{"a":NaN}`, 5, "expected a value, found 'N'"},
		{"plus", `{"a":+1}`, 5, "expected a value, found '+'"},
		{"minus", `{"a":-}`, 6, "expected a value, found '}'"},
		{"leading zero", `{"a":01}`, 6, "expected ',' or '}', found '1'"},
		{"bare point", `{"a":1.}`, 7, "expected a digit, found '}'"},
		{"bare exponent", `{"a":1e+}`, 8, "expected a digit, found '}'"},
		{"line break in a string", "{\"a\":\"x\ny\"}", 7, `expected no control character in a string, found '\n'`},
		{"unknown escape", `{"a":"\x41"}`, 7, "expected an escape sequence, found 'x'"},
		{"bad digit", `{"a":"\u00g0"}`, 10, "expected a hexadecimal digit, found 'g'"},
		{"cut escape", `{"a":"\u00`, 10, "expected a hexadecimal digit, found the end"},
		{"comment", `{"a":1} // x`, 8, "expected the end, found '/'"},
		{"too deep", deep(10_001), 10_004, "nested deeper than 10000"},
	}
	l := event.NewLayout()
	l.Add("z.y")
	r := event.NewRecord(l)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := &event.SyntaxError{Offset: tt.offset, Msg: tt.msg}
			ev := event.JSON([]byte(tt.doc))
			assert.Equal(t, want, r.Fill(ev))
			assert.True(t, ev.Field("a").IsNull())
			_, err := event.Decode([]byte(tt.doc))
			assert.Equal(t, want, err)
		})
	}
	assert.EqualError(t, r.Fill(event.JSON([]byte(`{"a":}`))), "offset 5: expected a value, found '}'")
	assert.NoError(t, r.Fill(event.JSON([]byte(deep(10_000)))))
}

func TestRecordAfterError(t *testing.T) {
	l := event.NewLayout()
	s := l.Add("a")
	r := event.NewRecord(l)
	require.Error(t, r.Fill(event.JSON([]byte(`{"a":[1,2,3`))))
	require.NoError(t, r.Fill(event.JSON([]byte(`{"a":[4,5]}`))))
	assert.Equal(t, "[integer 4, integer 5]", show(r.Get(s)))
}

// Values are the record's, their clones are not.
func TestClonesOutliveTheRecord(t *testing.T) {
	l := event.NewLayout()
	s := l.Add("a")
	u := l.Add("b")
	r := event.NewRecord(l)
	require.NoError(t, r.Fill(event.JSON([]byte(`{"a":[1,2],"b":[3,"\n"]}`))))
	a, b := r.Get(s).Clone(), r.Get(u).Clone()
	require.NoError(t, r.Fill(event.JSON([]byte(`{"a":[5,6],"b":[7,"\r"]}`))))
	assert.Equal(t, "[integer 1, integer 2]", show(a))
	assert.Equal(t, "[integer 3, '\n']", show(b))
}

func TestBytes(t *testing.T) {
	assert.Equal(t, `{"a":1}`, string(event.JSON([]byte(`{"a":1}`)).Bytes()))
}

// Once a record has seen events of a kind, others cost no memory.
func TestAllocations(t *testing.T) {
	l := event.NewLayout()
	for _, path := range []string{"a", "b.c", "d", "e.f", "g", "missing"} {
		l.Add(path)
	}
	text := l.AddTyped("t", event.SlotOptions{Text: true})
	list, elements := l.AddElements("o")
	elements.Add("p")
	r := event.NewRecord(l)
	docs := []string{
		`{"a":"text","b":{"c":12,"x":[1,{"y":"\n"}]},"d":[true],"e.f":1.5,"unknown":{"z":[]}}`,
		`{"a":"C:\\Path\u00e9","b":{"c":[1,2,["x\n",3]]},"d":{"e":"\t"},"g":[{},{"h":1}],"t":[1,true,"x"],"e.f":["ä","b"]}`,
		`{"b" : {"c":"\ud83d\ude00"}, "a":["X","Y\\","Z"],"o":[{"p":"\\"},{"p":["\\","q"]}],"t":1e3}`,
	}
	var d event.Document
	fill := func() {
		for _, doc := range docs {
			d.Reset(aliasBytes(doc))
			if r.Fill(&d) != nil {
				t.Error("not filled")
			}
			for s := range l.Len() {
				r.Fold(event.Slot(s))
			}
			for i := range r.Elements(list) {
				r.Element(list, i)
			}
		}
	}
	for range 4 { // room grows
		fill()
	}
	assert.Zero(t, testing.AllocsPerRun(100, fill))
	assert.Equal(t, "1e3", r.Get(text).Str())
}

func aliasBytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// An event of unusual size does not leave its memory behind.
func TestMemoryIsGivenBack(t *testing.T) {
	l := event.NewLayout()
	for _, path := range []string{"a", "b", "c"} {
		l.Add(path)
	}
	list, _ := l.AddElements("o")
	r := event.NewRecord(l)
	const many = 200_000
	fill := func(doc string) { require.NoError(t, r.Fill(event.JSON([]byte(doc)))) }
	fill(`{"a":"` + strings.Repeat(`\n`, many) + `","b":[` + strings.Repeat(`"X",`, many) + `1],"o":[` + strings.Repeat("1,", many) + `1],"c":[` + strings.Repeat(`{},`, many) + `1]}`)
	for s := range l.Len() {
		r.Fold(event.Slot(s))
	}
	assert.Equal(t, many+1, r.Elements(list))
	fill(`{}`)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	assert.Less(t, m.HeapAlloc, uint64(20<<20))
	runtime.KeepAlive(r)
}

// A flood of keys is not remembered, and does not stop others from being found.
func TestManyKeys(t *testing.T) {
	l := event.NewLayout()
	s, u := l.Add("a.b"), l.Add("a.c.d")
	r := event.NewRecord(l)
	for i := range 3000 {
		doc := fmt.Sprintf(`{"x%d":1,"a":{"k%d":{"b":0},"b":%d,"l%d":[],"c.d":%d,"\u0062%d":3},"a%s":2}`, i, i%100, i, i, i, i, strings.Repeat("b", i%200))
		require.NoError(t, r.Fill(event.JSON([]byte(doc))))
		if i%200 != 0 { // else the last key is an "a" again, which has no fields
			require.Equal(t, int64(i), r.Get(s).Int())
			require.Equal(t, int64(i), r.Get(u).Int())
		} else {
			require.True(t, r.Get(s).IsNull())
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	assert.Less(t, m.HeapAlloc, uint64(20<<20))
	runtime.KeepAlive(r)
}

func FuzzJSONEvent(f *testing.F) {
	for _, tt := range documents {
		f.Add([]byte(tt.doc))
	}
	f.Add([]byte(`{"a":[{"b":[1,{"c":null}]},{"b.c":-1.5E+3}],"a.b":{"c":"\ud800"},"x":{"a":1},"x":[]}`))
	f.Add([]byte(`[1]`))
	l := event.NewLayout()
	for _, path := range []string{"", "a", "a.b", "a.b.c", "a.b.c.d", "a..b", "b", "o", "o.a", "o.a.b", "a\ufffd"} {
		l.Add(path)
		l.AddTyped(path, event.SlotOptions{Name: "x", Text: true, Null: value.OfString("none")})
	}
	var lists []event.List
	for _, path := range []string{"a", "o", "o.a"} {
		list, elements := l.AddElements(path)
		lists = append(lists, list)
		for _, path := range []string{"", "a", "a.b", "b"} {
			elements.AddTyped(path, event.SlotOptions{Scalars: true})
		}
	}
	used := event.NewRecord(l) // has learnt from all documents before
	f.Fuzz(func(t *testing.T, doc []byte) {
		var m map[string]any
		d := json.NewDecoder(strings.NewReader(string(doc)))
		d.UseNumber()
		valid := json.Valid(doc) && d.Decode(&m) == nil && m != nil

		ev := event.JSON(doc)
		got, want := event.NewRecord(l), event.NewRecord(l)
		err := got.Fill(ev)
		require.Equal(t, valid, err == nil, "%v", err)
		require.Equal(t, err, used.Fill(ev))
		if err != nil {
			var syntax *event.SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.LessOrEqual(t, syntax.Offset, int64(len(doc)))
			return
		}
		require.NoError(t, want.Fill(event.Map(m)))
		for range 2 {
			require.NoError(t, used.Fill(ev))
			for i, path := range l.Paths() {
				s := event.Slot(i)
				require.Equal(t, show(want.Get(s)), show(used.Get(s)), path)
			}
		}
		for _, list := range lists {
			require.Equal(t, want.Elements(list), got.Elements(list))
			require.Equal(t, want.Elements(list), used.Elements(list))
			for i := range want.Elements(list) {
				w, g, u := want.Element(list, i), got.Element(list, i), used.Element(list, i)
				for s := range w.Layout().Len() {
					require.Equal(t, show(w.Get(event.Slot(s))), show(g.Get(event.Slot(s))))
					require.Equal(t, show(w.Get(event.Slot(s))), show(u.Get(event.Slot(s))))
				}
			}
		}
		for i, path := range l.Paths() {
			s := event.Slot(i)
			require.Equal(t, show(want.Get(s)), show(got.Get(s)), path)
			if i%2 == 0 {
				require.Equal(t, show(want.Get(s)), show(ev.Field(path)), path)
				require.Equal(t, show(want.Get(s)), show(event.Map(m).Field(path)), path)
			}
		}
	})
}
