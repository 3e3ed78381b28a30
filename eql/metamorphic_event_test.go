package eql_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/value"
)

// A form is a way to hand a document to a stream.
type form struct {
	name string
	make func(t *testing.T, doc map[string]any) eql.Event
}

var forms = []form{
	{"a decoded map", func(_ *testing.T, doc map[string]any) eql.Event { return eql.Map(doc) }},
	{"a struct", func(t *testing.T, doc map[string]any) eql.Event { return newRecord(t, doc) }},
	{"nested JSON", shaped(nested)},
	{"dotted JSON", shaped(dotted)},
	{"mixed JSON", shaped(mixed)},
	{"a dotted map", func(_ *testing.T, doc map[string]any) eql.Event { return eql.Map(dotted(doc)) }},
	{"a mixed map", func(_ *testing.T, doc map[string]any) eql.Event { return eql.Map(mixed(doc)) }},
}

func shaped(shape func(map[string]any) map[string]any) func(*testing.T, map[string]any) eql.Event {
	return func(t *testing.T, doc map[string]any) eql.Event {
		t.Helper()
		text, err := json.Marshal(shape(doc))
		require.NoError(t, err)
		return eql.JSON(text)
	}
}

// nested has no dots in its keys.
func nested(doc map[string]any) map[string]any {
	out := make(map[string]any)
	for path, v := range dotted(doc) {
		at := out
		keys := strings.Split(path, ".")
		for i, key := range keys {
			if i == len(keys)-1 {
				at[key] = v
				break
			}
			below, ok := at[key].(map[string]any)
			if !ok {
				if _, taken := at[key]; taken { // a value has no room for keys
					out[path] = v
					break
				}
				below = make(map[string]any)
				at[key] = below
			}
			at = below
		}
	}
	return out
}

// dotted has no objects but those in arrays.
func dotted(doc map[string]any) map[string]any {
	out := make(map[string]any)
	for key, v := range doc {
		inner, ok := v.(map[string]any)
		if !ok {
			out[key] = v
			continue
		}
		for path, v := range dotted(inner) {
			out[key+"."+path] = v
		}
	}
	return out
}

// mixed has objects below keys with dots: the first two names of a path become
// one key for every other path.
func mixed(doc map[string]any) map[string]any {
	out := make(map[string]any)
	flat := dotted(doc)
	for _, path := range sortedKeys(flat) {
		keys := strings.SplitN(path, ".", 3)
		if len(keys) < 3 || len(path)%2 == 0 {
			out[path] = flat[path]
			continue
		}
		key := keys[0] + "." + keys[1]
		below, ok := out[key].(map[string]any)
		if !ok {
			if _, taken := out[key]; taken {
				out[path] = flat[path]
				continue
			}
			below = make(map[string]any)
			out[key] = below
		}
		below[keys[2]] = flat[path]
	}
	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A record is an event as a program may hold it: what it knows well in fields,
// the rest as it came.
type record struct {
	Timestamp string `json:"@timestamp"`
	Event     struct {
		Category, Type []string
		Action, Code   string
		Sequence       int64
	}
	Process struct {
		Name, Executable string
		PID              *int64
		Args             []string
		EntityID         string `json:"entity_id"`
		CommandLine      string `json:"command_line"`
	}
	Host struct {
		ID string
		OS struct{ Type string }
	}
	rest eql.Map
}

func newRecord(t *testing.T, doc map[string]any) *record {
	t.Helper()
	text, err := json.Marshal(listed(nested(doc)))
	require.NoError(t, err)
	r := &record{rest: eql.Map(doc)}
	require.NoError(t, json.Unmarshal(text, r))
	return r
}

// listed makes lists of the categories and types, which documents may have alone.
func listed(doc map[string]any) map[string]any {
	ev, ok := doc["event"].(map[string]any)
	if !ok {
		return doc
	}
	for _, key := range []string{"category", "type"} {
		if s, ok := ev[key].(string); ok {
			ev[key] = []any{s}
		}
	}
	if n, ok := ev["code"].(json.Number); ok {
		ev["code"] = n.String()
	}
	return doc
}

// Field implements eql.Event.
func (r *record) Field(path string) eql.Value {
	text := func(s string) eql.Value {
		if s == "" {
			return r.rest.Field(path) // which may know the empty string
		}
		return value.OfString(s)
	}
	texts := func(list []string) eql.Value {
		var out []value.Value
		for _, s := range list {
			out = append(out, value.OfString(s))
		}
		return value.OfList(out)
	}
	switch path {
	case "@timestamp":
		return text(r.Timestamp)
	case "event.category":
		return texts(r.Event.Category)
	case "event.type":
		return texts(r.Event.Type)
	case "event.action":
		return text(r.Event.Action)
	case "event.sequence":
		return value.OfInt(r.Event.Sequence)
	case "process.name":
		return text(r.Process.Name)
	case "process.executable":
		return text(r.Process.Executable)
	case "process.pid":
		if r.Process.PID == nil {
			return value.Value{}
		}
		return value.OfInt(*r.Process.PID)
	case "process.args":
		return texts(r.Process.Args)
	case "process.entity_id":
		return text(r.Process.EntityID)
	case "process.command_line":
		return text(r.Process.CommandLine)
	case "host.id":
		return text(r.Host.ID)
	case "host.os.type":
		return text(r.Host.OS.Type)
	default:
		return r.rest.Field(path)
	}
}

// TestFormsOfEvents compares the alerts of the detection rules over events in
// different forms.
func TestFormsOfEvents(t *testing.T) {
	engine, _ := detectionRules(t)
	noticed := false
	for name, path := range captureFiles(t) {
		t.Run(name, func(t *testing.T) {
			events := telling(t, engine, path)
			docs := make([]map[string]any, len(events))
			for i, ev := range events {
				doc, err := event.Decode(ev.(*event.Document).Bytes())
				require.NoError(t, err)
				docs[i] = doc
			}
			want := alertsOf(t, engine, events)
			for _, f := range forms {
				for i, doc := range docs {
					events[i] = f.make(t, doc)
				}
				assert.Equal(t, want, alertsOf(t, engine, events), f.name)
			}
			if noticed {
				return
			}
			for i, doc := range docs {
				lost := dotted(doc)
				delete(lost, "event.type")
				events[i] = eql.Map(lost)
			}
			noticed = !slices.Equal(want, alertsOf(t, engine, events))
		})
	}
	assert.True(t, noticed, "nothing notices a lost field")
}
