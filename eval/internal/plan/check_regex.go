package plan

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

// regexError reports what is wrong with one of the patterns of m, at the
// character in question if the literal is written as it reads.
func (a *analyser) regexError(m *Match, err error) {
	span, msg := m.span, err.Error()
	var re *pattern.RegexError
	if errors.As(err, &re) && re.Pattern < len(m.places) {
		span, msg = m.places[re.Pattern], re.Msg
		text := m.Patterns[re.Pattern]
		at := min(max(re.Offset, 0), len(text))
		_, size := utf8.DecodeRuneInString(text[at:])
		if inside, ok := a.insideOf(span, text); ok && at > 0 {
			span = source.Span{Start: inside + source.Pos(at), End: inside + source.Pos(at+max(size, 1))}
		} else if at > 0 {
			msg = fmt.Sprintf("at character %d, %s", utf8.RuneCountInString(text[:at])+1, msg)
		}
	}
	a.errorf("regex", span, "invalid regular expression: %s", msg)
}

// insideOf returns where the text of a string literal begins, unless escapes
// make it differ from what is written there.
func (a *analyser) insideOf(literal source.Span, text string) (source.Pos, bool) {
	written := a.file.Slice(literal)
	quote := `"`
	if strings.HasPrefix(written, `"""`) {
		quote = `"""`
	}
	return literal.Start + source.Pos(len(quote)), written == quote+text+quote
}
