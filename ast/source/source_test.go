package source_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
)

func TestPos(t *testing.T) {
	assert.False(t, source.NoPos.IsValid())
	assert.Equal(t, -1, source.NoPos.Offset())
	assert.True(t, source.PosAt(0).IsValid())
	assert.Equal(t, 7, source.PosAt(7).Offset())
	assert.False(t, source.Span{}.IsValid())
	assert.Equal(t, source.Span{Start: 3, End: 6}, source.SpanAt(2, 5))
}

func TestPosition(t *testing.T) {
	f := &source.File{Text: "ab\nçd\r\ne"}
	for offset, want := range map[int]source.Position{
		0: {Line: 1, Column: 1},
		2: {Line: 1, Column: 3},
		3: {Line: 2, Column: 1},
		5: {Line: 2, Column: 2}, // ç has two bytes
		8: {Line: 3, Column: 1},
		9: {Line: 3, Column: 2},
	} {
		assert.Equal(t, want, f.Position(source.PosAt(offset)), "offset %d", offset)
	}
	assert.Equal(t, source.Position{Line: 1, Column: 1}, f.Position(source.NoPos))
	assert.Equal(t, source.Position{Line: 3, Column: 2}, f.Position(source.PosAt(100)))
}

func TestPositionWithAnchors(t *testing.T) {
	// A text that begins in the middle of a line of its file, and in which one
	// line of the file was left out.
	f := &source.File{
		Name: "rule.toml",
		Text: "any where\n a == 1",
		Anchors: []source.Anchor{
			{Offset: 0, Position: source.Position{Line: 14, Column: 10}},
			{Offset: 11, Position: source.Position{Line: 16, Column: 5}},
		},
	}
	for offset, want := range map[int]source.Position{
		0:  {Line: 14, Column: 10},
		4:  {Line: 14, Column: 14},
		10: {Line: 15, Column: 1},
		11: {Line: 16, Column: 5},
		13: {Line: 16, Column: 7},
	} {
		assert.Equal(t, want, f.Position(source.PosAt(offset)), "offset %d", offset)
	}

	f.Anchors = f.Anchors[1:]
	assert.Equal(t, source.Position{Line: 1, Column: 5}, f.Position(source.PosAt(4)), "before the first anchor")
}

func TestSlice(t *testing.T) {
	f := &source.File{Text: "hello"}
	assert.Equal(t, "ell", f.Slice(source.SpanAt(1, 4)))
	assert.Equal(t, "lo", f.Slice(source.SpanAt(3, 99)))
	assert.Empty(t, f.Slice(source.SpanAt(4, 2)))
	assert.Empty(t, f.Slice(source.SpanAt(50, 99)))
	assert.Empty(t, f.Slice(source.Span{}))
}

func TestErrorRender(t *testing.T) {
	at := func(name, text, word string) *source.Error {
		start := strings.Index(text, word)
		return &source.Error{
			File: &source.File{Name: name, Text: text},
			Span: source.SpanAt(start, start+len(word)),
			Msg:  "unknown function f",
		}
	}
	hinted := at("q.eql", "any where\n\tf(x)\r\n", "f(")
	hinted.Hint = "did you mean g?"
	warning := at("", "any where f", "f")
	warning.Severity = source.Warning
	wide := at("", strings.Repeat("é", 500)+" bad "+strings.Repeat("z", 500), "bad")
	tests := []struct {
		name string
		err  *source.Error
		want string
	}{
		{"hint and tab", hinted, "q.eql:2:2: unknown function f\n    \tf(x)\n    \t^^\n    hint: did you mean g?"},
		{"warning", warning, "1:11: warning: unknown function f\n    any where f\n              ^"},
		{"control characters", at("", "any \x1b[2J where f", " f"), "1:15: unknown function f\n    any \uFFFD[2J where f\n                  ^^"},
		{"wide line", wide, "1:502: unknown function f\n    ..." + strings.Repeat("é", 59) + " bad " + strings.Repeat("z", 119) +
			"\n    " + strings.Repeat(" ", 63) + "^^^"},
		{"end of text", &source.Error{File: &source.File{Text: "any"}, Span: source.SpanAt(3, 3), Msg: "m"}, "1:4: m\n    any\n       ^"},
		{"no file", &source.Error{Msg: "m"}, "1:1: m"},
		{"span beyond the text", &source.Error{File: &source.File{Text: "any"}, Span: source.SpanAt(90, 95), Msg: "m"}, "1:4: m\n    any\n       ^"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.err.Render())
		})
	}
	assert.Equal(t, "q.eql:2:2: unknown function f; did you mean g?", hinted.Error())
}

func TestList(t *testing.T) {
	problem := func(offset int, msg string, severity source.Severity) *source.Error {
		return &source.Error{Span: source.SpanAt(offset, offset+1), Msg: msg, Severity: severity}
	}
	var list source.List
	require.NoError(t, list.Err())
	assert.Equal(t, "no errors", list.Error())

	list.Add(problem(5, "late", source.Warning))
	require.NoError(t, list.Err(), "warnings do not count")
	list.Add(problem(2, "first", source.Err))
	list.Add(problem(2, "second", source.Err))
	list.Sort()
	require.Error(t, list.Err())
	assert.Equal(t, "1:1: first (and 2 more)", list.Error())
	assert.Equal(t, "1:1: first\n1:1: second\n1:1: warning: late", list.Render())

	var one *source.Error
	require.ErrorAs(t, list.Err(), &one)
	assert.Equal(t, "first", one.Msg)
	assert.ErrorIs(t, list, list[2])
	assert.Equal(t, "1:1: first", list[:1].Error())
}

func TestSeverity(t *testing.T) {
	assert.Equal(t, "error", source.Err.String())
	assert.Equal(t, "warning", source.Warning.String())
	assert.Equal(t, "info", source.Info.String())
}

func TestNearest(t *testing.T) {
	names := []string{"length", "startsWith", "cidrMatch", "process.name", "head", "tail"}
	for word, want := range map[string]string{
		"cidrmach":     "cidrMatch",
		"lenght":       "length",
		"LENGTH":       "length",
		"startwith":    "startsWith",
		"procces.name": "process.name",
		"haed":         "head",
		"x":            "",
		"":             "",
		"subtract":     "",
	} {
		assert.Equal(t, want, source.Nearest(word, names), "%q", word)
	}
	assert.Empty(t, source.Nearest("head", nil))
	assert.Empty(t, source.Nearest("head", []string{"head"}), "a word is not its own correction")
}
