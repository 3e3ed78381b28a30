package eql_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/fn"
)

func TestOptions_impossible(t *testing.T) {
	tests := []struct {
		name string
		opt  eql.Option
		want string
	}{
		{"size", eql.WithSize(-1), "eval: Limit must not be negative, found -1"},
		{"samples", eql.WithMaxSamplesPerKey(-2), "eval: MaxSamplesPerKey must not be negative, found -2"},
		{"pattern length", eql.WithRegexLimits(-1, 0), "eval: MaxRegexLength must not be negative, found -1"},
		{"pattern states", eql.WithRegexLimits(0, -1), "eval: MaxRegexStates must not be negative, found -1"},
		{"query size", eql.WithQueryLimits(-1, 0), "eql: query limits of -1 bytes and depth 0: they must not be negative"},
		{"query depth", eql.WithQueryLimits(0, -1), "eql: query limits of 0 bytes and depth -1: they must not be negative"},
		{"dialect", eql.WithDialect(9), "<query>:1:1: there is no dialect 9"},
		{"function without a name", eql.WithFunctions(fn.Func{}), `"" cannot be the name of a function`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := eql.Compile("any where true", tt.opt)
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestOptions_nil(t *testing.T) {
	_, err := eql.Compile("any where true", nil, eql.WithSchema(nil))
	require.NoError(t, err)
}
