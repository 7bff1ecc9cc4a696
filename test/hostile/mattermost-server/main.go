// Reads posts as Mattermost's own server does, by its module: what is more than text in the hostile
// one and not in the same post of harmless texts. One JSON object a line on standard input; one line
// for each surplus, and a summary, on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"

	"github.com/mattermost/mattermost/server/public/shared/markdown"
)

type pair struct {
	Carrier  string   `json:"carrier"`
	Texts    []string `json:"texts"`
	Harmless []string `json:"harmless"`
}

var (
	mention = regexp.MustCompile(`(?i)@[\pL\pN][\pL\pN._-]*`)
	channel = regexp.MustCompile(`(?:^|[^A-Za-z0-9_])~[A-Za-z0-9_-]+`)
)

func kinds(texts []string) map[string]int {
	found := map[string]int{}
	for _, text := range texts {
		// The server looks for channels in the whole text, whatever is code.
		found["channel"] += len(channel.FindAllString(text, -1))
		markdown.Inspect(text, func(node any) bool {
			switch v := node.(type) {
			case *markdown.CodeSpan, *markdown.FencedCode, *markdown.IndentedCode:
				found["code"]++
				return false
			case *markdown.InlineLink, *markdown.ReferenceLink, *markdown.Autolink:
				found["link"]++
			case *markdown.InlineImage, *markdown.ReferenceImage:
				found["image"]++
			case *markdown.Emoji:
				found["emoji"]++
			case *markdown.BlockQuote:
				found["quote"]++
			case *markdown.List:
				found["list"]++
			case *markdown.Text:
				found["mention"] += len(mention.FindAllString(v.Text, -1))
			}
			return true
		})
	}
	return found
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	posts, faults := 0, 0
	for lines.Scan() {
		var one pair
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		posts++
		expected := kinds(one.Harmless)
		for kind, count := range kinds(one.Texts) {
			if count > expected[kind] {
				faults++
				if faults <= 20 {
					text, _ := json.Marshal(one.Texts)
					fmt.Printf("%d %s more in %s: %.1500s\n", count-expected[kind], kind, one.Carrier, text)
				}
			}
		}
	}
	fmt.Printf("the server's parser: %d posts, %d with more than text\n", posts, faults)
	if faults > 0 {
		os.Exit(1)
	}
}
