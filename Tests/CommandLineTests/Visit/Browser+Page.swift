import Foundation
import Testing

/// What a person does with a page, and sees of it.
extension Browser {
    /// A phone, held upright, and a desk's screen.
    static let screens = [("phone", 390, 844), ("desktop", 1280, 800)]

    /// Opens an address.
    func open(_ address: String) async throws {
        try await load { try await call("Page.navigate", ["url": .text(address)]) }
    }

    /// Keeps pages from running scripts, as some people's browsers do.
    func forbidScripts() async throws {
        try await call("Emulation.setScriptExecutionDisabled", ["value": true])
    }

    func resize(width: Int, height: Int) async throws {
        try await call(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(width)), "height": .number(Double(height)),
                "deviceScaleFactor": 1, "mobile": .bool(width < 600),
            ]
        )
    }

    /// What an expression on the page is worth.
    func value(of expression: String) async throws -> JSONValue {
        let answer = try await call(
            "Runtime.evaluate",
            ["expression": .text(expression), "returnByValue": true]
        )
        return answer["result"]["value"]
    }

    /// The heading of the page.
    func heading() async throws -> String {
        try await value(of: "document.querySelector('h1').innerText").text ?? ""
    }

    /// The page's text, and its address.
    func text() async throws -> String {
        try await value(of: "document.body.innerText").text ?? ""
    }

    func address() async throws -> String { try await value(of: "location.href").text ?? "" }

    /// Types into a field.
    func type(_ text: String, into field: String) async throws {
        try await click("#\(field)")
        _ = try await value(of: "document.getElementById('\(field)').select()")
        try await call("Input.insertText", ["text": .text(text)])
    }

    /// Presses the button of the form and waits for the page behind it.
    func submit() async throws {
        try await load { try await click("button") }
    }

    /// Clicks on what a selector finds.
    func click(_ selector: String) async throws {
        let found = try await value(
            of: """
                (() => {
                  const element = document.querySelector('\(selector)');
                  element.scrollIntoView({ block: 'center', behavior: 'instant' });
                  const box = element.getBoundingClientRect();
                  return [box.x + box.width / 2, box.y + box.height / 2];
                })()
                """
        )
        for type in ["mousePressed", "mouseReleased"] {
            try await call(
                "Input.dispatchMouseEvent",
                [
                    "type": .text(type), "x": found[0], "y": found[1], "button": "left",
                    "clickCount": 1,
                ]
            )
        }
    }

    /// Writes pictures of the page into `folder`, one for each screen.
    func photograph(_ name: String, into folder: String) async throws {
        for (screen, width, height) in Self.screens {
            try await resize(width: width, height: height)
            let answer = try await call("Page.captureScreenshot", ["format": "png"])
            let picture = try #require(answer["data"].text.flatMap { Data(base64Encoded: $0) })
            try picture.write(to: URL(fileURLWithPath: "\(folder)/\(name)-\(screen).png"))
        }
    }
}
