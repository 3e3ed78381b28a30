package rule_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/rule"
)

// documents are valid and invalid; go-toml's decoder says which.
var documents = []string{
	"",
	"a = 1\nb.c = 2\nb.d = 'x'\n",
	"a = 1\na = 2\n",
	"a.b = 1\na.b.c = 2\n",
	"[a]\n[a]\n",
	"[a.b]\n[a]\nx = 1\n",
	"[a]\nb.c = 1\n[a.b]\n",
	"[a]\nb.c = 1\n[a.b.d]\n",
	"[a.b.c]\n[a]\nb.x = 1\n",
	"[a.b.c]\n[a]\nb.c.x = 1\n",
	"a.b = 1\n[a]\n",
	"a.b = 1\n[a.c]\n",
	"a.b = 1\n[[a]]\n",
	"[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = 3\n[[a.c]]\n[[a.c]]\n",
	"[[a]]\n[a]\n",
	"[a]\n[[a]]\n",
	"a = [1, 2]\n[[a]]\n",
	"a = []\n[[a]]\n",
	"a = [{ b = 1 }]\n[a.c]\n",
	"a = { b = 1, c.d = 2 }\n",
	"a = { b = 1, b = 2 }\n",
	"a = { b = { c = 1 }, b.d = 2 }\n",
	"a = { b = 1 }\n[a.c]\n",
	"a = { b = 1 }\na.c = 1\n",
	"[a]\nb = { c = 1 }\nb.d = 1\n",
	"a = [[1, 'x'], [{ y = true }], []]\n",
	"a = 0x1f\nb = 0o17\nc = 0b11\nd = +1_000\ne = -3\nf = 9223372036854775807\n",
	"a = 9223372036854775808\n",
	"a = 1.5\nb = 1e3\nc = inf\nd = -inf\n",
	"a = 1979-05-27\nb = 07:32:00\nc = 1979-05-27T07:32:00\nd = 1979-05-27T07:32:00Z\ne = 1979-05-27 07:32:00.5-07:00\n",
	"a = 1979-13-27\n",
	"a = 1979-05-27T07:32:61Z\n",
	"a = \"\\u00e9\\n\\\"\"\nb = \"\"\"\nx\\\n   y\"\"\"\nc = ''''x''''\n",
	"a = 'x\n",
	"\"a b\".'c' = 1\n\"\" = 2\n",
	"a = 1 # c\r\nb = '''\r\nx\r\n'''\r\n",
	"a =\n",
	"a = 01\n",
	"a = tru\n",
	"= 1\n",
	"[a\n",
	"[a]]\n",
	"[a.'b.c']\nx = 1\n[a.\"b.c\".d]\n",
}

// sameAsGoTOML requires that our decoder and go-toml's agree on a document.
func sameAsGoTOML(t *testing.T, text string) {
	t.Helper()
	var want map[string]any
	wantErr := toml.Unmarshal([]byte(text), &want)
	got, err := rule.DecodeTOML([]byte(text))
	if wantErr != nil {
		assert.Error(t, err, "go-toml: %v", wantErr)
		return
	}
	require.NoError(t, err)
	assert.Equal(t, show(t, want), show(t, got))
}

// show writes a document with the types of its values.
func show(t *testing.T, v any) string {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		out := map[string]string{}
		for k, sub := range v {
			out[k] = show(t, sub)
		}
		b, err := json.Marshal(out)
		require.NoError(t, err)
		return string(b)
	case []any:
		var out []string
		for _, sub := range v {
			out = append(out, show(t, sub))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case time.Time:
		return v.Format(time.RFC3339Nano)
	default:
		return fmt.Sprintf("%T %v", v, v)
	}
}

func TestDocumentAsGoTOML(t *testing.T) {
	for _, text := range documents {
		t.Run(text, func(t *testing.T) { sameAsGoTOML(t, text) })
	}
}

func FuzzDocument(f *testing.F) {
	for _, text := range documents {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 || strings.HasPrefix(text, "\uFEFF") || strings.Count(text, ".") > 50 || strings.Count(text, "[") > 50 || strings.Count(text, "{") > 50 {
			return
		}
		sameAsGoTOML(t, text)
	})
}
