package eval_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eval"
	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/parser"
)

// BenchmarkPredicate measures one predicate over events that are extracted
// already, against what one would write by hand: a function over a struct whose
// texts are in lower case and whose addresses are parsed. An iteration is one
// event.
func BenchmarkPredicate(b *testing.B) {
	for _, r := range handRules {
		for _, kind := range handKinds {
			c := newHandCase(b, r, kind)
			b.Run(r.name+"/"+kind+"/engine", func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					c.filter.Test(c.records[i])
					if i++; i == len(c.records) {
						i = 0
					}
				}
			})
			b.Run(r.name+"/"+kind+"/straight", func(b *testing.B) {
				i := 0
				for b.Loop() {
					c.straight(c.structs[i])
					if i++; i == len(c.structs) {
						i = 0
					}
				}
			})
		}
	}
}

// BenchmarkPredicateRatio prints how many times as long as the function by hand
// the predicate takes: the median of rounds that interleave all cases, and the
// geometric mean over the cases.
func BenchmarkPredicateRatio(b *testing.B) {
	var cases []*handCase
	for _, r := range handRules {
		for _, kind := range handKinds {
			cases = append(cases, newHandCase(b, r, kind))
		}
	}
	const rounds, repeats = 15, 100
	engine, straight := make([][]float64, len(cases)), make([][]float64, len(cases))
	ratios := make([][]float64, len(cases))
	for b.Loop() {
		for range rounds {
			for i, c := range cases {
				x, y := c.time(repeats)
				engine[i], straight[i] = append(engine[i], x), append(straight[i], y)
				ratios[i] = append(ratios[i], x/y)
			}
		}
	}
	logs := 0.0
	for i, c := range cases {
		b.ReportMetric(median(ratios[i]), c.name+"-x")
		b.ReportMetric(median(engine[i]), c.name+"-engine-ns")
		b.ReportMetric(median(straight[i]), c.name+"-straight-ns")
		logs += math.Log(median(ratios[i]))
	}
	b.ReportMetric(math.Exp(logs/float64(len(cases))), "geomean-x")
	b.ReportMetric(0, "ns/op")
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[len(xs)/2]
}

// TestHandRules makes sure that the benchmark compares functions with the same
// answers.
func TestHandRules(t *testing.T) {
	for _, r := range handRules {
		for _, kind := range handKinds {
			c := newHandCase(t, r, kind)
			held := 0
			for i, rec := range c.records {
				want := c.straight(c.structs[i])
				require.Equal(t, want, c.filter.Test(rec), "%s, event %d", c.name, i)
				if want {
					held++
				}
			}
			require.NotEmpty(t, c.records)
			if kind == "deep" {
				require.Equal(t, len(c.records), held, c.name)
			}
			require.Zero(t, testing.AllocsPerRun(10, func() {
				for _, rec := range c.records {
					c.filter.Test(rec)
				}
			}), c.name)
		}
	}
}

var handKinds = []string{"natural", "deep"}

// A handRule is a rule of a public set with a function that does the same. Long
// lists are taken from the rule.
type handRule struct {
	name, file, category string
	from, to             string // what to replace in the query
	deepen               func(doc map[string]any, i int)
	straight             func(query string) func(*handEvent) bool
}

var handRules = []handRule{
	{
		name: "A", category: "process",
		file:     "windows/credential_access_symbolic_link_to_shadow_copy_created.toml",
		deepen:   deepenShadowCopy,
		straight: func(string) func(*handEvent) bool { return straightShadowCopy },
	},
	{
		name: "B", category: "process",
		file:   "windows/command_and_control_tool_transfer_via_curl.toml",
		deepen: deepenCurl, straight: straightCurl,
	},
	{
		name: "C", category: "network",
		file: "_deprecated/persistence_web_server_sus_destination_port.toml",
		from: `"linux"`, to: `"windows"`,
		deepen: deepenWebServer, straight: straightWebServer,
	},
}

// A handEvent is an event as one would declare it for the rules above.
type handEvent struct {
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

func straightShadowCopy(e *handEvent) bool {
	if !has(e.category, "process") || e.os != "windows" || !has(e.kind, "start") {
		return false
	}
	if e.original != "Cmd.Exe" && e.original != "PowerShell.EXE" && e.name != "cmd.exe" && e.name != "powershell.exe" {
		return false
	}
	link := false
	for _, a := range e.args {
		if strings.Contains(a, "mklink") || strings.Contains(a, "symboliclink") {
			link = true
			break
		}
	}
	return link && strings.Contains(e.commandLine, "harddiskvolumeshadowcopy")
}

func straightCurl(query string) func(*handEvent) bool {
	parents := listBehind(query, "process.parent.name :")
	return func(e *handEvent) bool {
		return has(e.category, "process") && e.os == "windows" && has(e.kind, "start") &&
			(onDrive(e.executable, `:\windows\system32\curl.exe`) || onDrive(e.executable, `:\windows\syswow64\curl.exe`)) &&
			strings.Contains(e.commandLine, "http") &&
			has(parents, e.parentName) &&
			(e.userID != "S-1-5-18" || e.dataset == "windows.sysmon_operational" || e.dataset == "windows.sysmon") &&
			e.integrity != "System"
	}
}

// onDrive reports whether path is a letter of a drive and then rest.
func onDrive(path, rest string) bool { return len(path) == 1+len(rest) && path[1:] == rest }

func straightWebServer(query string) func(*handEvent) bool {
	names := listBehind(query, "process.name like")
	names = slices.DeleteFunc(names, func(n string) bool { return n == "php-fpm*" })
	users, ids := listBehind(query, "user.name in"), listBehind(query, "user.id in")
	var blocks []netip.Prefix
	for _, block := range listBehind(query, "cidrmatch")[1:] {
		if !strings.Contains(block, "/") {
			block += "/128"
		}
		blocks = append(blocks, netip.MustParsePrefix(block))
	}
	return func(e *handEvent) bool {
		if !has(e.category, "network") || e.os != "windows" || !has(e.kind, "start") || e.action != "connection_attempted" {
			return false
		}
		if !has(names, e.exactName) && !strings.HasPrefix(e.exactName, "php-fpm") && !has(users, e.userName) && !has(ids, e.userID) {
			return false
		}
		if e.direction != "egress" || !e.destination.IsValid() {
			return false
		}
		switch e.port {
		case 80, 443, 8080, 8443, 8000, 8888, 3128, 3306, 5432, 8220, 8082:
			return false
		}
		for _, block := range blocks {
			if block.Contains(e.destination) {
				return false
			}
		}
		return true
	}
}

func has(texts []string, s string) bool {
	for _, t := range texts {
		if s == t {
			return true
		}
	}
	return false
}

// listBehind returns the items of the list that follows some words of a query,
// without their quotes.
func listBehind(query, words string) []string {
	_, rest, _ := strings.Cut(query, words)
	_, rest, _ = strings.Cut(rest, "(")
	rest, _, _ = strings.Cut(rest, ")")
	items := strings.Split(rest, ",")
	for i, item := range items {
		items[i] = strings.Trim(item, "\" \n")
	}
	return items
}

func deepenShadowCopy(doc map[string]any, i int) {
	put(doc, "windows", "host.os.type")
	put(doc, []any{"start"}, "event.type")
	put(doc, []any{"start"}, "event.type")
	put(doc, []string{"cmd.exe", "PowerShell.exe"}[i%2], "process.name")
	put(doc, "Cmd.Exe.MUI", "process.pe.original_file_name")
	device := fmt.Sprintf(`\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy%d\`, i%10)
	put(doc, []any{"cmd.exe", "/c", "mklink", "/d", `C:\Users\Public\shadow`, device}, "process.args")
	put(doc, `cmd.exe /c mklink /d C:\Users\Public\shadow `+device, "process.command_line")
}

func deepenCurl(doc map[string]any, i int) {
	put(doc, "windows", "host.os.type")
	put(doc, []any{"start"}, "event.type")
	put(doc, []string{`C:\Windows\System32\curl.exe`, `C:\Windows\SysWOW64\curl.exe`}[i%2], "process.executable")
	put(doc, fmt.Sprintf(`curl.exe -s -o C:\Users\Public\%d.bin HTTPS://files.example.org/%d`, i, i), "process.command_line")
	put(doc, []string{"cmd.exe", "forfiles.exe", "mshta.exe", "hh.exe"}[i%4], "process.parent.name")
	put(doc, fmt.Sprintf("S-1-5-21-1-2-3-%d", i), "user.id")
}

func deepenWebServer(doc map[string]any, i int) {
	put(doc, "windows", "host.os.type")
	put(doc, []any{"start"}, "event.type")
	put(doc, "connection_attempted", "event.action")
	put(doc, []string{"php-cgi", "tornado", "php-fpm8.2", "java"}[i%4], "process.name")
	put(doc, "tomcat9", "user.name")
	put(doc, "egress", "network.direction")
	put(doc, fmt.Sprintf("%d.%d.7.9", 20+i%60, i%250), "destination.ip")
	put(doc, 4000+i%100, "destination.port")
}

// put sets a field of a document, which holds objects all the way.
func put(doc map[string]any, v any, path string) {
	keys := strings.Split(path, ".")
	for _, k := range keys[:len(keys)-1] {
		inner, ok := doc[k].(map[string]any)
		if !ok {
			inner = make(map[string]any)
			doc[k] = inner
		}
		doc = inner
	}
	doc[keys[len(keys)-1]] = v
}

// A handCase is a rule with events, in both forms.
type handCase struct {
	name     string
	filter   *eval.Filter
	records  []*event.Record
	straight func(*handEvent) bool
	structs  []*handEvent
}

// handEvents is how many events a case has.
const handEvents = 500

func newHandCase(tb testing.TB, r handRule, kind string) *handCase {
	tb.Helper()
	query := handQuery(tb, r)
	tree, err := parser.Parse(&source.File{Text: query}, parser.Options{Dialect: ast.Elasticsearch})
	require.NoError(tb, err)
	q, err := eval.Compile(tree, eval.Config{Dialect: ast.Elasticsearch})
	require.NoError(tb, err)
	f, err := eval.NewFilter(q, nil)
	require.NoError(tb, err)
	c := &handCase{name: r.name + "/" + kind, filter: f, straight: r.straight(query)}
	for i, doc := range handDocs(tb, r.category) {
		if kind == "deep" {
			r.deepen(doc, i)
		}
		text, err := json.Marshal(doc)
		require.NoError(tb, err)
		rec := f.NewRecord()
		require.NoError(tb, rec.Fill(event.JSON(text)))
		c.records = append(c.records, rec)
		c.structs = append(c.structs, newHandEvent(doc))
	}
	return c
}

// time returns the nanoseconds an event of both forms.
func (c *handCase) time(repeats int) (engine, straight float64) {
	start := time.Now()
	for range repeats {
		for _, rec := range c.records {
			c.filter.Test(rec)
		}
	}
	middle := time.Now()
	for range repeats {
		for _, e := range c.structs {
			c.straight(e)
		}
	}
	end := time.Now()
	n := float64(repeats * len(c.records))
	return float64(middle.Sub(start)) / n, float64(end.Sub(middle)) / n
}

// handQuery reads the query of a rule.
func handQuery(tb testing.TB, r handRule) string {
	tb.Helper()
	text := handFile(tb, "corpus/detection-rules/rules/"+r.file)
	_, query, _ := strings.Cut(string(text), "\nquery = '''")
	query, _, ok := strings.Cut(query, "'''")
	require.True(tb, ok)
	if r.from != "" {
		query = strings.Replace(query, r.from, r.to, 1)
	}
	return query
}

// handDocs returns recorded events of a category.
func handDocs(tb testing.TB, category string) []map[string]any {
	tb.Helper()
	zipped := handFile(tb, "data/bench/defend-20k.ndjson.gz")
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	require.NoError(tb, err)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	mark := fmt.Appendf(nil, `"category":[%q`, category)
	var docs []map[string]any
	for len(docs) < handEvents && lines.Scan() {
		if !bytes.Contains(lines.Bytes(), mark) {
			continue
		}
		var doc map[string]any
		require.NoError(tb, json.Unmarshal(lines.Bytes(), &doc))
		docs = append(docs, doc)
	}
	require.NoError(tb, lines.Err())
	return docs
}

// handFile reads one of the files that stand beside a checkout, if they do.
func handFile(tb testing.TB, path string) []byte {
	tb.Helper()
	text, err := os.ReadFile("../../shared/" + path)
	if errors.Is(err, fs.ErrNotExist) {
		tb.Skip("there is no ../shared")
	}
	require.NoError(tb, err)
	return text
}

func newHandEvent(doc map[string]any) *handEvent {
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
	e := &handEvent{
		category: texts("event.category"), kind: texts("event.type"),
		os: text("host.os.type"), action: text("event.action"), dataset: text("data_stream.dataset"),
		executable: pattern.Fold(text("process.executable")), name: pattern.Fold(text("process.name")),
		exactName: text("process.name"), original: text("process.pe.original_file_name"),
		args:        texts("process.args"),
		commandLine: pattern.Fold(text("process.command_line")), parentName: pattern.Fold(text("process.parent.name")),
		userID: text("user.id"), userName: text("user.name"),
		integrity: text("winlog.event_data.IntegrityLevel"), direction: text("network.direction"),
	}
	for i, a := range e.args {
		e.args[i] = pattern.Fold(a)
	}
	e.destination, _ = netip.ParseAddr(text("destination.ip"))
	switch n := field("destination.port").(type) {
	case float64:
		e.port = int64(n)
	case int:
		e.port = int64(n)
	}
	return e
}
