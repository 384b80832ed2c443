import type { Probe } from './probe.ts';

export const goProbe: Probe = {
  runtime: 'go',
  fileName: 'probe.go',
  source: `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func probe(client string, with *http.Client) {
	line := map[string]any{"client": client}
	body := strings.NewReader(\`{"model":"probe","messages":[]}\`)
	answer, err := with.Post(os.Getenv("PROBE_URL")+"?client="+url.QueryEscape(client), "application/json", body)
	if err != nil {
		line["error"] = err.Error()
	} else {
		line["status"] = answer.StatusCode
	}
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func main() {
	probe("http.DefaultClient", http.DefaultClient)
	probe("http.Transport from the environment", &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}})
}
`,
  command: (program, script) => [program, 'run', script],
  versionFlags: ['version'],
  advice: 'Give your http.Transport `Proxy: http.ProxyFromEnvironment`, or use --base-urls.',
};

export const javaProbe: Probe = {
  runtime: 'java',
  fileName: 'Probe.java',
  source: `import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

public class Probe {
  interface Call { int at(URI url) throws Exception; }

  static void probe(String client, Call call) {
    String end;
    try {
      String query = "?client=" + URLEncoder.encode(client, StandardCharsets.UTF_8);
      end = "\\"status\\":" + call.at(URI.create(System.getenv("PROBE_URL") + query));
    } catch (Exception error) {
      end = "\\"error\\":\\"" + String.valueOf(error).replaceAll("[\\"\\\\\\\\\\\\s]+", " ") + "\\"";
    }
    System.out.println("{\\"client\\":\\"" + client + "\\"," + end + "}");
  }

  public static void main(String[] args) {
    String body = "{\\"model\\":\\"probe\\",\\"messages\\":[]}";
    probe("HttpClient", url -> HttpClient.newHttpClient().send(
        HttpRequest.newBuilder(url).header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString()).statusCode());
    probe("HttpURLConnection", url -> {
      HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      return connection.getResponseCode();
    });
  }
}
`,
  command: (program, script) => [program, script],
  versionFlags: ['-version'],
  advice:
    'Remove -Djavax.net.ssl.trustStore and -Dhttps.proxyHost from the command line, or use --base-urls.',
};
