// net/http: plain, streamed, gzip, HTTP/2, large and 64 at once.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

const url = "https://api.openai.com/v1/chat/completions"

type answer struct {
	Model   string
	Choices []struct{ Message struct{ Content string } }
	Usage   struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
}

func ask(ctx context.Context, content string, stream bool) (*http.Response, error) {
	messages := []map[string]string{{"role": "user", "content": content}}
	body, _ := json.Marshal(map[string]any{"model": "gpt-4.1-mini", "messages": messages, "stream": stream})
	request, err := http.NewRequestWithContext(ctx, "POST", url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	return http.DefaultClient.Do(request)
}

func said(content string) answer {
	var read answer
	response, err := ask(context.Background(), content, false)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	// To the end: a decoder stops at the last brace, which may come before the end of the body, and is then a hang-up.
	text, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(text, &read); err != nil {
		panic(err)
	}
	return read
}

func main() {
	hello := said("hello")
	line, _ := json.Marshal(map[string]any{
		"case": "json", "model": hello.Model, "text": hello.Choices[0].Message.Content,
		"usage": []int{hello.Usage.Prompt, hello.Usage.Completion},
	})
	fmt.Println(string(line))

	response, err := ask(context.Background(), "hello stream", true)
	if err != nil {
		panic(err)
	}
	events := 0
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data: ") {
			events++
		}
	}
	fmt.Println("sse", response.Status, events)

	for i := 0; i < 3; i++ {
		fmt.Println("again", said("again").Choices[0].Message.Content)
	}
	fmt.Println("gzip", said("gzip").Choices[0].Message.Content)

	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = ask(ctx, "slow", false)
	fmt.Println("timeout", err != nil && ctx.Err() == context.DeadlineExceeded)

	for _, content := range []string{"broken", "cut short"} {
		response, err := ask(context.Background(), content, true)
		if err == nil {
			_, err = io.ReadAll(response.Body)
		}
		fmt.Println(content, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET))
	}

	huge := said("huge " + strings.Repeat("x", 20_000_000)).Choices[0].Message.Content
	fmt.Printf("huge %d %x\n", len(huge), sha256.Sum256([]byte(huge)))

	var group sync.WaitGroup
	right := make([]bool, 64)
	for i := range right {
		group.Add(1)
		go func() {
			defer group.Done()
			text := fmt.Sprintf("number %d", i)
			right[i] = said(text).Choices[0].Message.Content == "You said: "+text
		}()
	}
	group.Wait()
	fmt.Println("parallel", right)
}
