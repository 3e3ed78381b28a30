package source_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
)

func TestApply(t *testing.T) {
	edit := func(start, end int, text string) source.Edit {
		return source.Edit{Span: source.SpanAt(start, end), New: text}
	}
	tests := []struct {
		name  string
		edits []source.Edit
		want  string // "" for an error
	}{
		{"none", nil, "abcdef"},
		{"replace, insert, delete, in any order", []source.Edit{edit(4, 6, ""), edit(0, 1, "xy"), edit(2, 2, "-")}, "xyb-cd"},
		{"neighbours", []source.Edit{edit(0, 3, "1"), edit(3, 6, "2")}, "12"},
		{"overlap", []source.Edit{edit(0, 3, "1"), edit(2, 6, "2")}, ""},
		{"beyond the end", []source.Edit{edit(5, 7, "1")}, ""},
		{"no place", []source.Edit{{New: "1"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := source.Apply("abcdef", tt.edits)
			if tt.want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}
