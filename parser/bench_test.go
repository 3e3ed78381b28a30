package parser_test

import (
	"testing"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/parser"
)

const eventRule = `process where host.os.type == "linux" and event.type == "start" and
  process.name in ("curl", "wget", "nc", "ncat", "socat") and
  process.parent.name : ("nginx", "httpd", "java*", "php-fpm*") and
  not (
    process.args like ("--health*", "/opt/agent/*") or
    process.working_directory == "/var/lib/agent" or
    (user.id == "0" and process.parent.args_count >= 4)
  ) and
  /* the updater of the vendor */
  not process.command_line regex~ """.*https://updates\.example\.(com|org)/.*""" and
  ?process.code_signature.trusted != true and length(process.command_line) > 40
`

const sequenceRule = `sequence by host.id, user.name with maxspan=5m
  [authentication where event.outcome == "failure" and source.ip != null and
     not cidrmatch(source.ip, "10.0.0.0/8", "192.168.0.0/16", "::1")] by source.ip with runs=5
  [authentication where event.outcome == "success"] by source.ip
  [process where event.type == "start" and process.name : ("whoami", "id", "net?.exe")] by destination.ip
until [session where event.action == "logout"] by source.ip
| tail 10
`

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"event", eventRule},
		{"sequence", sequenceRule},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := &source.File{Text: c.text}
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parser.Parse(f, parser.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("corpus", func(b *testing.B) {
		var files []*source.File
		dialects := map[*source.File]ast.Dialect{}
		for top, dialect := range map[string]ast.Dialect{
			"corpus/detection-rules": ast.Elasticsearch, "corpus/protections-artifacts": ast.Endpoint,
		} {
			for path, text := range ruleQueries(b, shared(b, top)) {
				f := &source.File{Name: path, Text: text}
				files, dialects[f] = append(files, f), dialect
			}
		}
		b.ReportAllocs()
		for b.Loop() {
			for _, f := range files {
				if _, err := parser.Parse(f, parser.Options{Dialect: dialects[f]}); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1000/float64(b.N*len(files)), "us/rule")
	})
	b.Run("tokens", func(b *testing.B) {
		b.SetBytes(int64(len(eventRule)))
		b.ReportAllocs()
		for b.Loop() {
			lex, err := parser.Definition.LexString("", eventRule)
			if err != nil {
				b.Fatal(err)
			}
			for {
				if tok, _ := lex.Next(); tok.EOF() {
					break
				}
			}
		}
	})
}
