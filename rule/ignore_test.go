package rule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

const id = "11111111-2222-3333-4444-555555555555"

func TestIgnore(t *testing.T) {
	const metadata = "[metadata.eqlkit]\nignore = [\n  \"a-code\",\n  \"other why\"]\n"
	for name, text := range map[string]string{
		"detection": metadata + "[rule]\nrule_id = \"" + id + "\"\nname = \"n\"\nlanguage = \"eql\"\nindex = [\"i\"]\nquery = 'any where true'\n",
		"behavior":  metadata + "[rule]\nid = \"" + id + "\"\nname = \"n\"\nos_list = [\"linux\"]\nquery = 'any where true'\n",
		"hunt":      metadata + "[hunt]\nuuid = \"" + id + "\"\nname = \"n\"\nlanguage = [\"EQL\"]\nquery = ['any where true']\n",
	} {
		t.Run(name, func(t *testing.T) {
			set := rule.Parse("r.toml", []byte(text))
			require.Empty(t, set.Problems)
			require.Len(t, set.Rules, 1)
			got := set.Rules[0].Ignore
			require.Len(t, got, 2)
			assert.Equal(t, "a-code", got[0].Text)
			assert.Equal(t, "other why", got[1].Text)
			assert.Equal(t, source.Position{Line: 4, Column: 3}, got[1].Source.Position(source.PosAt(0)))
			assert.Equal(t, `"other why"`, got[1].Source.Text)
			assert.Nil(t, set.Rules[0].Extra)
		})
	}
	set := rule.Parse("r.toml", []byte("[metadata.eqlkit]\nignroe = []\n[rule]\nid = \""+id+"\"\nname = \"n\"\nos_list = [\"linux\"]\nquery = 'any where true'\n"))
	require.Len(t, set.Problems, 1)
	assert.Equal(t, "unknown-key", set.Problems[0].Code)
}

func TestFind(t *testing.T) {
	set := rule.Parse("r.toml", []byte("[rule]\nid = \""+id+"\"\nname = \"n\"\ndescription = \" \"\nos_list = [\"linux\"]\nquery = 'any where true'\n"))
	require.Len(t, set.Rules, 1)
	r := set.Rules[0]
	file, span := r.Find("rule.name")
	assert.Equal(t, `"n"`, file.Slice(span))
	assert.Equal(t, 3, file.Position(span.Start).Line)
	file, span = r.Find("rule.nothing.here")
	assert.Equal(t, "rule", file.Slice(span), "the table that should hold it")

	assert.True(t, r.Has("rule.os_list"))
	assert.True(t, r.Has("rule.os_list.0"))
	assert.False(t, r.Has("rule.description"), "blank")
	assert.False(t, r.Has("rule.nothing"))

	byHand := &rule.Rule{Query: &source.File{Name: "q"}}
	file, span = byHand.Find("rule.name")
	assert.Same(t, byHand.Query, file)
	assert.False(t, span.IsValid())
	assert.False(t, byHand.Has("rule.name"))
}
