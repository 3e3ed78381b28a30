package hand

import (
	"encoding/json"
	"net/netip"
	"strings"
)

// An Event is an event as one would declare it for the rules: texts that are compared
// without regard to case are in lower case, addresses are parsed. What is missing is
// the zero value.
type Event struct {
	category, kind          []string
	os, action, dataset     string
	executable, name        string // in lower case
	exactName, original     string
	args                    []string // in lower case
	commandLine, parentName string   // in lower case
	userID, userName        string
	integrity, direction    string
	destination             netip.Addr
	port                    int64
}

// NewEvent makes an Event of a decoded document.
func NewEvent(doc map[string]any) *Event {
	field := func(path string) any {
		var v any = doc
		for _, k := range strings.Split(path, ".") {
			inner, _ := v.(map[string]any)
			v = inner[k]
		}
		return v
	}
	text := func(path string) string {
		s, _ := field(path).(string)
		return s
	}
	texts := func(path string) []string {
		if s := text(path); s != "" {
			return []string{s}
		}
		list, _ := field(path).([]any)
		out := make([]string, len(list))
		for i, e := range list {
			out[i], _ = e.(string)
		}
		return out
	}
	e := &Event{
		category: texts("event.category"), kind: texts("event.type"),
		os: text("host.os.type"), action: text("event.action"), dataset: text("data_stream.dataset"),
		executable: strings.ToLower(text("process.executable")), name: strings.ToLower(text("process.name")),
		exactName: text("process.name"), original: text("process.pe.original_file_name"),
		args:        texts("process.args"),
		commandLine: strings.ToLower(text("process.command_line")), parentName: strings.ToLower(text("process.parent.name")),
		userID: text("user.id"), userName: text("user.name"),
		integrity: text("winlog.event_data.IntegrityLevel"), direction: text("network.direction"),
	}
	for i, a := range e.args {
		e.args[i] = strings.ToLower(a)
	}
	e.destination, _ = netip.ParseAddr(text("destination.ip"))
	switch n := field("destination.port").(type) {
	case json.Number:
		e.port, _ = n.Int64()
	case int:
		e.port = int64(n)
	}
	return e
}
