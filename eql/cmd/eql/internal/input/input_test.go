package input_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
)

// read returns what a Reader of text yields, a line for each document or error.
func read(t *testing.T, text string, limit int) []string {
	t.Helper()
	r := &input.Reader{Files: []string{input.Stdin}, Stdin: strings.NewReader(text), MaxDoc: limit}
	return collect(r)
}

func collect(r *input.Reader) []string {
	var out []string
	for d, err := range r.All(context.Background()) {
		if err != nil {
			out = append(out, "error: "+err.Error())
			continue
		}
		out = append(out, fmt.Sprintf("%s %s", d.Place, d.Data))
	}
	return out
}

func TestReader(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		limit int
		want  []string
	}{
		{"nothing", "", 0, nil},
		{"white space", " \n\r\n\t", 0, nil},
		{"byte order mark alone", "\xef\xbb\xbf", 0, nil},
		{"lines", "{\"a\":1}\n{\"a\":2}\n", 0, []string{`<stdin>:1 {"a":1}`, `<stdin>:2 {"a":2}`}},
		{"no end of line", "{\"a\":1}\n{\"a\":2}", 0, []string{`<stdin>:1 {"a":1}`, `<stdin>:2 {"a":2}`}},
		{"blank lines", "\n\n{\"a\":1}\n  \n\t{\"a\":2} \n", 0, []string{`<stdin>:3 {"a":1}`, `<stdin>:5 {"a":2}`}},
		{"byte order mark and CRLF", "\xef\xbb\xbf{\"a\":1}\r\n{\"a\":2}\r\n", 0, []string{`<stdin>:1 {"a":1}`, `<stdin>:2 {"a":2}`}},
		{"broken lines", "{\"a\":1}\n{\"a\":\nrubbish, and more of it\n[1]\n\v\n{\"a\":2}", 0, []string{
			`<stdin>:1 {"a":1}`,
			`error: <stdin>:2: not a JSON object: it has no end on this line`,
			`error: <stdin>:3: not a JSON object: it begins with "rubbish, and..."`,
			`error: <stdin>:4: not a JSON object: it begins with "[1]"`,
			`error: <stdin>:5: not a JSON object: it begins with "\v"`,
			`<stdin>:6 {"a":2}`,
		}},
		{"line at the limit", "{\"a\":1}\r\n{\"a\":22}\n", 7, []string{
			`<stdin>:1 {"a":1}`,
			`<stdin>:2 {"a":22}`, // line ends count, and there is room for two bytes of them
		}},
		{"line beyond the limit", "{\"a\":12345}\n{\"a\":1}\n", 8, []string{
			`error: <stdin>:1: the document is longer than 8 bytes`,
			`<stdin>:2 {"a":1}`,
		}},
		{"array", `[{"a":1}, {"a":2}]`, 0, []string{`<stdin>:1 (element 1) {"a":1}`, `<stdin>:1 (element 2) {"a":2}`}},
		{"array over lines", "\n[\n  {\n    \"a\": \"],}\\\"\"\n  },\n  {\"b\": [1, {}]}\n]\n", 0, []string{
			"<stdin>:3 (element 1) {\n    \"a\": \"],}\\\"\"\n  }",
			`<stdin>:6 (element 2) {"b": [1, {}]}`,
		}},
		{"empty array", "[ ]", 0, nil},
		{"several arrays", "[{\"a\":1}]\n[{\"a\":2}]", 0, []string{`<stdin>:1 (element 1) {"a":1}`, `<stdin>:2 (element 1) {"a":2}`}},
		{"lines behind an array", "[{\"a\":1}]\n{\"a\":2}", 0, []string{`<stdin>:1 (element 1) {"a":1}`, `<stdin>:2 {"a":2}`}},
		{"broken elements", `[{"a":1}, 7, [8], {"a":2}}, , {"a":3},]`, 0, []string{
			`<stdin>:1 (element 1) {"a":1}`,
			`error: <stdin>:1 (element 2): not a JSON object: it begins with "7"`,
			`error: <stdin>:1 (element 3): not a JSON object: it begins with "[8]"`,
			`<stdin>:1 (element 4) {"a":2}}`, // left to the one who reads the fields
			`error: <stdin>:1 (element 5): an element is missing`,
			`<stdin>:1 (element 6) {"a":3}`,
			`error: <stdin>:1 (element 7): an element is missing`,
		}},
		{"array without end", "[{\"a\":1},\n{\"a\":2}", 0, []string{
			`<stdin>:1 (element 1) {"a":1}`,
			`<stdin>:2 (element 2) {"a":2}`,
			`error: <stdin>: the array that begins in line 1 has no end`,
		}},
		{"array that ends in an object", "\n[{\"a\":1},\n{\"a\": [2]", 0, []string{
			`<stdin>:2 (element 1) {"a":1}`,
			`error: <stdin>: the array that begins in line 2 breaks off in element 2`,
		}},
		{"array that ends in a string", `[{"a":1}, "}`, 0, []string{
			`<stdin>:1 (element 1) {"a":1}`,
			`error: <stdin>: the array that begins in line 1 breaks off in element 2`,
		}},
		{"array that ends at a comma", `[{"a":1},`, 0, []string{
			`<stdin>:1 (element 1) {"a":1}`,
			`error: <stdin>: the array that begins in line 1 has no end`,
		}},
		{"bracket alone", `[`, 0, []string{`error: <stdin>: the array that begins in line 1 has no end`}},
		{"element beyond the limit", `[{"a":12345}, {"a":1}]`, 8, []string{
			`error: <stdin>:1 (element 1): the document is longer than 8 bytes`,
			`<stdin>:1 (element 2) {"a":1}`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, read(t, tt.text, tt.limit))
		})
	}
}

func TestDoc_Fault(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{"a":x}`, `<stdin>:1:6: not this`},
		{"\n{\"ä\":x}", `<stdin>:2:6: not this`},
		{"{}\n  {\"a\":x}", `<stdin>:2:8: not this`},
		{"[{},\n {\"a\":\n  x}]", `<stdin>:3:3 (element 2): not this`},
		{"[{\"ä\":1}, {\"a\":x}]", `<stdin>:1:16 (element 2): not this`},
		{"[{}]\n{\"a\":x}", `<stdin>:2:6: not this`},
	}
	for _, tt := range tests {
		r := &input.Reader{Files: []string{input.Stdin}, Stdin: strings.NewReader(tt.text)}
		var got []string
		for d, err := range r.All(context.Background()) {
			require.NoError(t, err)
			if at := bytes.IndexByte(d.Data, 'x'); at >= 0 {
				fault := d.Fault(at, "not this")
				got = append(got, fault.Error())
				var refusal *input.Refusal
				assert.ErrorAs(t, fault, &refusal)
			}
		}
		assert.Equal(t, []string{tt.want}, got)
	}
}

func TestReader_longLine(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, text := range []string{long + "\n{\"b\":1}\n", "[" + long + `,{"b":1}]`} {
		var got []string
		r := &input.Reader{Files: []string{input.Stdin}, Stdin: strings.NewReader(text)}
		for d, err := range r.All(context.Background()) {
			require.NoError(t, err)
			got = append(got, string(d.Data))
		}
		require.Len(t, got, 2)
		assert.True(t, got[0] == long, "the long line has changed")
		assert.Equal(t, `{"b":1}`, got[1])
	}
}

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func zstdOf(t testing.TB, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return w.EncodeAll([]byte(text), nil)
}

func TestReader_compressed(t *testing.T) {
	one, two := "{\"a\":1}\n", "{\"a\":2}\n"
	want := []string{`<stdin>:1 {"a":1}`, `<stdin>:2 {"a":2}`}
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"gzip", zipped(t, one+two), want},
		{"gzip in two members", append(zipped(t, one), zipped(t, two)...), want},
		{"zstd", zstdOf(t, one+two), want},
		{"zstd in two frames", append(zstdOf(t, one), zstdOf(t, two)...), want},
		{"zstd behind a skippable frame", append([]byte("\x50\x2a\x4d\x18\x02\x00\x00\x00xx"), zstdOf(t, one+two)...), want},
		{"array in gzip", zipped(t, `[{"a":1}]`), []string{`<stdin>:1 (element 1) {"a":1}`}},
		{"empty in gzip", zipped(t, ""), nil},
		{"gzip cut off", zipped(t, one)[:12], []string{"error: <stdin>: unexpected EOF"}},
		{"zstd cut off", zstdOf(t, one)[:8], []string{"error: <stdin>: unexpected EOF"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &input.Reader{Files: []string{input.Stdin}, Stdin: bytes.NewReader(tt.data)}
			assert.Equal(t, tt.want, collect(r))
			assert.EqualValues(t, len(tt.data), r.Read())
		})
	}
}

func TestReader_files(t *testing.T) {
	dir := t.TempDir()
	a, b, gone := filepath.Join(dir, "a.ndjson"), filepath.Join(dir, "b.json"), filepath.Join(dir, "gone")
	require.NoError(t, os.WriteFile(a, []byte("{\"a\":1}\n"), 0o600))
	require.NoError(t, os.WriteFile(b, []byte("[{\"b\":1}]"), 0o600))
	r := &input.Reader{Files: []string{a, gone, dir, b}}
	got := collect(r)
	require.Len(t, got, 4)
	assert.Equal(t, a+`:1 {"a":1}`, got[0])
	assert.Contains(t, got[1], "error: "+gone+": ")
	assert.Contains(t, got[2], "error: "+dir+": ")
	assert.Equal(t, b+`:1 (element 1) {"b":1}`, got[3])

	assert.EqualValues(t, 17, (&input.Reader{Files: []string{a, gone, b}}).Size())
	assert.EqualValues(t, -1, (&input.Reader{Files: []string{a, input.Stdin}, Stdin: strings.NewReader("")}).Size())
}

func TestReader_ownCopies(t *testing.T) {
	r := &input.Reader{Files: []string{input.Stdin}, Stdin: strings.NewReader("{\"a\":1}\n{\"a\":2}\n")}
	var docs []input.Doc
	for d, err := range r.All(context.Background()) {
		require.NoError(t, err)
		docs = append(docs, d)
	}
	require.Len(t, docs, 2)
	assert.Equal(t, `{"a":1}`, string(docs[0].Data))
}

func TestReader_stopsEarly(t *testing.T) {
	for _, text := range []string{"{}\n{}\nx\n", "[{},{},3]", "x\n{}\n"} {
		r := &input.Reader{Files: []string{input.Stdin, input.Stdin}, Stdin: strings.NewReader(text)}
		n := 0
		for range r.All(context.Background()) {
			n++
			break
		}
		assert.Equal(t, 1, n)
	}
}

func TestReader_cancelled(t *testing.T) {
	pr, pw := io.Pipe()
	defer pw.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, _ = io.WriteString(pw, "{\"a\":1}\n{\"half\":") }()
	seen := false
	r := &input.Reader{Files: []string{input.Stdin, "never opened"}, Stdin: pr, Idle: func() {
		if seen {
			go cancel() // while the Reader waits for the rest of the line
		}
	}}
	ended := make(chan []string)
	go func() {
		var got []string
		for d, err := range r.All(ctx) {
			got = append(got, fmt.Sprintf("%s %v", d.Data, err))
			seen = true
		}
		ended <- got
	}()
	select {
	case got := <-ended:
		assert.Equal(t, []string{`{"a":1} <nil>`}, got)
	case <-time.After(10 * time.Second):
		t.Fatal("a blocked read survives cancellation")
	}
}

func TestRefusal(t *testing.T) {
	r := &input.Reader{Files: []string{input.Stdin}, Stdin: strings.NewReader("x")}
	for _, err := range r.All(context.Background()) {
		var refusal *input.Refusal
		require.True(t, errors.As(err, &refusal))
		assert.Equal(t, 1, refusal.Line)
	}
}
