package plan

import (
	"encoding/binary"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
)

// A Memo keeps what was made of lists of patterns, for queries that have many of
// them in common. Its zero value is ready to use; it serves one goroutine at a
// time, and what it hands out is immutable.
type Memo struct {
	matchers map[string]pattern.Matcher
	key      []byte // scratch
}

// matcher returns what test makes of the patterns, which depends on nothing but
// the arguments. Errors are not kept. A nil Memo keeps nothing.
func (m *Memo) matcher(op ast.Op, escapes bool, patterns []string, lim pattern.Limits, test func() (pattern.Matcher, error)) (pattern.Matcher, error) {
	if m == nil {
		return test()
	}
	key := append(m.key[:0], byte(op), 0)
	if escapes {
		key[1] = 1
	}
	key = binary.AppendVarint(key, int64(lim.MaxRegexLen))
	key = binary.AppendVarint(key, int64(lim.MaxStates))
	for _, p := range patterns {
		key = binary.AppendUvarint(key, uint64(len(p)))
		key = append(key, p...)
	}
	m.key = key
	if known, ok := m.matchers[string(key)]; ok {
		return known, nil
	}
	made, err := test()
	if err != nil {
		return nil, err
	}
	if m.matchers == nil {
		m.matchers = make(map[string]pattern.Matcher)
	}
	m.matchers[string(key)] = made
	return made, nil
}
