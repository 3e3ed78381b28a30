package lint_test
import ("testing";"fmt";"os";"sort";"time"
"github.com/eqlkit/eqlkit/eql/lint";"github.com/eqlkit/eqlkit/rule")
func TestZZ(t *testing.T){
 st:=time.Now()
 set:=rule.Load("../../../shared/corpus")
 t1:=time.Now()
 reps:=lint.Set(set,lint.Options{})
 fmt.Println(t1.Sub(st),time.Since(t1))
 n:=map[string]int{}
 f,_:=os.Create("/tmp/findings.txt")
 for _,r:=range reps{ for _,e:=range r.Problems{ n[e.Code]++; fmt.Fprintf(f,"[%s] %s\n\n",e.Code,e.Render())}}
 f.Close()
 var ks []string; for k:=range n{ks=append(ks,k)}; sort.Strings(ks)
 for _,k:=range ks{fmt.Println(k,n[k])}
}
