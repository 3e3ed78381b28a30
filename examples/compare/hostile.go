package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/bytedance/sonic"
	"github.com/minio/simdjson-go"
	"github.com/valyala/fastjson"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A hostileDoc is a document that parsers disagree about. What is asked for is the
// field "a".
type hostileDoc struct{ name, text string }

var hostileDocs = []hostileDoc{
	{"plain", `{"a":"x"}`},
	{"key twice", `{"a":"x","a":"y"}`},
	{"key twice, once escaped", `{"a":"x","\u0061":"y"}`},
	{"key twice, then null", `{"a":"x","a":null}`},
	{"escaped key", `{"\u0061":"x"}`},
	{"surrogate pair", `{"a":"\ud83d\ude00"}`},
	{"lone surrogate", `{"a":"\ud800"}`},
	{"surrogates the wrong way", `{"a":"\ude00\ud83d"}`},
	{"NUL escaped", `{"a":"x\u0000y"}`},
	{"invalid UTF-8 in the value", "{\"a\":\"x\xffy\"}"},
	{"invalid UTF-8 in another key", "{\"\xff\":1,\"a\":\"x\"}"},
	{"unknown escape", `{"a":"\x"}`},
	{"unknown escape elsewhere", `{"b":"\x","a":"x"}`},
	{"short \\u", `{"a":"\u12"}`},
	{"control character", "{\"a\":\"x\ty\"}"},
	{"control character elsewhere", "{\"b\":\"x\ty\",\"a\":\"x\"}"},
	{"big integer", `{"a":9007199254740993}`},
	{"over 64 bits", `{"a":123456789012345678901234567890}`},
	{"over float64", `{"a":1e400}`},
	{"over float64 elsewhere", `{"b":1e400,"a":"x"}`},
	{"minus zero", `{"a":-0}`},
	{"leading zero", `{"a":01}`},
	{"plus", `{"a":+1}`},
	{"point without digits", `{"a":1.}`},
	{"bad number elsewhere", `{"b":01,"a":"x"}`},
	{"NaN", `{"a":NaN}`},
	{"misspelt literal elsewhere", `{"b":nul,"a":"x"}`},
	{"deep, 1,000", `{"b":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `,"a":"x"}`},
	{"deep, 100,000", `{"b":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,"a":"x"}`},
	{"trailing comma", `{"a":"x",}`},
	{"missing comma elsewhere", `{"b":[1 2],"a":"x"}`},
	{"wrong bracket elsewhere", `{"b":[1},"a":"x"}`},
	{"trailing text", `{"a":"x"} y`},
	{"second document", `{"a":"x"}{"a":"y"}`},
	{"truncated", `{"a":"x","b":`},
	{"truncated text", `{"a":"x`},
	{"comment", `{"a":"x"/*c*/}`},
	{"single quotes", `{'a':'x'}`},
	{"byte order mark", "\xef\xbb\xbf{\"a\":\"x\"}"},
	{"array", `["a"]`},
	{"nothing", ``},
}

// A reader returns field "a" of a document as text, or false if it refuses it.
type reader struct {
	name string
	read func(doc []byte) (string, bool)
}

// readers returns the parsers that are compared, the judge first.
func readers() []reader {
	out := []reader{
		{"encoding/json", func(doc []byte) (string, bool) {
			m, err := decodeStd(doc)
			return show(m["a"]), err == nil
		}},
		{"this module", readOwn},
		{"fastjson", readFastjson},
		{"sonic", sonicAs(sonic.ConfigDefault)},
		{"sonic, as encoding/json", sonicAs(sonic.ConfigStd)},
		{"sonic.Get", readSonicGet},
	}
	if simdjson.SupportedCPU() {
		out = append(out, reader{"simdjson-go", readSimdjson})
	}
	return out
}

// show writes a value as Go does, a number by its value.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.QuoteToASCII(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

func readOwn(doc []byte) (string, bool) {
	l := event.NewLayout()
	slot := l.Add("a")
	r := event.NewRecord(l)
	if r.Fill(event.JSON(doc)) != nil {
		return "", false
	}
	v := r.Get(slot)
	if v.Kind() == value.String {
		return strconv.QuoteToASCII(v.Str()), true
	}
	return v.String(), true
}

func readFastjson(doc []byte) (string, bool) {
	v, err := fastjson.ParseBytes(doc)
	if err != nil || v.Type() != fastjson.TypeObject {
		return "", false
	}
	f := v.Get("a")
	if f == nil {
		return "null", true
	}
	if f.Type() == fastjson.TypeString {
		return strconv.QuoteToASCII(string(f.GetStringBytes())), true
	}
	return f.String(), true
}

func sonicAs(api sonic.API) func([]byte) (string, bool) {
	return func(doc []byte) (string, bool) {
		var m map[string]any
		err := api.Unmarshal(doc, &m)
		return show(m["a"]), err == nil
	}
}

func readSonicGet(doc []byte) (string, bool) {
	n, err := sonic.Get(doc, "a")
	if err != nil {
		return "", false
	}
	v, err := n.Interface()
	return show(v), err == nil
}

func readSimdjson(doc []byte) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "panics", true
		}
	}()
	p, err := simdjson.Parse(doc, nil)
	if err != nil {
		return "", false
	}
	i := p.Iter()
	i.Advance()
	_, root, err := i.Root(nil)
	if err != nil || root.Type() != simdjson.TypeObject {
		return "", false
	}
	e, err := root.FindElement(nil, "a")
	if err != nil {
		return "null", true
	}
	v, err := e.Iter.Interface()
	if n, isInt := v.(int64); isInt {
		return strconv.FormatInt(n, 10), err == nil
	}
	return show(v), err == nil
}

// verdicts returns what the readers make of a document, and which of them differ from
// the judge. A number is the same if it is nearest to the same float64: more digits
// are no mistake.
func verdicts(rs []reader, doc []byte) (texts []string, differ []bool) {
	for i, r := range rs {
		text, ok := r.read(doc)
		if !ok {
			text = "refuses"
		}
		texts = append(texts, text)
		differ = append(differ, i > 0 && !same(text, texts[0]))
	}
	return texts, differ
}

func same(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y && !math.IsInf(x, 0) && json.Valid([]byte(a))
}

// writeHostile prints what each library makes of hostile documents. An answer that
// differs from that of encoding/json is marked.
func writeHostile(w io.Writer) error {
	rs := readers()
	fmt.Fprintf(w, "\nHostile documents: the field \"a\", \"!\" where encoding/json says otherwise\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "document")
	for _, r := range rs {
		fmt.Fprint(t, "\t", r.name)
	}
	fmt.Fprintln(t)
	wrong := make([]int, len(rs))
	for _, d := range hostileDocs {
		texts, differ := verdicts(rs, []byte(d.text))
		fmt.Fprint(t, d.name)
		for i, text := range texts {
			mark := ""
			if differ[i] {
				mark = "! "
				wrong[i]++
			}
			fmt.Fprint(t, "\t", mark, text)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprint(t, "different of ", len(hostileDocs))
	for _, n := range wrong {
		fmt.Fprint(t, "\t", n)
	}
	fmt.Fprintln(t)
	return t.Flush()
}
