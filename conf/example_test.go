package conf_test

import (
	"fmt"

	"github.com/sigil-server/sigil/conf"
)

func ExampleLoad() {
	c, err := conf.Load(conf.Sources{Environ: []string{"SIGIL_LISTEN=:80", "SIGIL_LIMITS_MESSAGE=64KiB"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Listen, int(c.Limits.Message), c.Limits.PingAfter)
	// Output: :80 65536 25s
}

func ExampleLoad_mistakes() {
	_, err := conf.Load(conf.Sources{Environ: []string{"SIGIL_LISTEN=80", "SIGIL_LIMITS_MESAGE=64KiB"}})
	fmt.Println(err)
	// Output:
	// environment: unknown variable SIGIL_LIMITS_MESAGE; did you mean SIGIL_LIMITS_MESSAGE?
	// SIGIL_LISTEN: listen "80": must be host:port, such as 127.0.0.1:8081 or :8081
}
