import Foundation
import Testing

/// What people need who do not see a page well, or use it in another way than with a mouse.
extension Browser {
    /// Expects that a screen reader, a narrow screen and weak eyes can do with the page.
    func expectAccessible(
        _ page: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let nodes = try await call("Accessibility.getFullAXTree")["nodes"].elements
            .filter { $0["ignored"] != true }
        func named(_ role: String) -> [JSONValue] {
            nodes.filter { $0["role"]["value"].text == role }
        }
        let controls = ["textbox", "button", "link", "checkbox", "combobox"].flatMap(named)
        let nameless = controls.filter { ($0["name"]["value"].text ?? "").isEmpty }
        #expect(nameless.isEmpty, "\(page): \(nameless)", sourceLocation: sourceLocation)
        #expect(named("main").count == 1, "\(page)", sourceLocation: sourceLocation)
        #expect(named("banner").count == 1, "\(page)", sourceLocation: sourceLocation)
        let headings = named("heading").filter { heading in
            heading["properties"].elements
                .contains { $0["name"] == "level" && $0["value"]["value"] == 1 }
        }
        #expect(headings.count == 1, "\(page)", sourceLocation: sourceLocation)
        let language = try await value(of: "document.documentElement.lang")
        #expect(language == "en", "\(page)", sourceLocation: sourceLocation)
        let title = try await value(of: "document.title").text ?? ""
        let heading = try await heading()
        #expect(title.hasPrefix(heading) && !heading.isEmpty, sourceLocation: sourceLocation)
        let doubles = try await value(of: Self.doubleIDs)
        #expect(doubles == [], "\(page)", sourceLocation: sourceLocation)
        let small = try await value(of: Self.smallTargets)
        #expect(small == [], "\(page)", sourceLocation: sourceLocation)
        try await expectNarrow(page, sourceLocation)
        try await expectContrast(page, sourceLocation: sourceLocation)
    }

    /// Expects that all text stands out from what is behind it.
    func expectContrast(
        _ page: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let weak = try await value(of: Self.weakTexts)
        #expect(weak == [], "\(page)", sourceLocation: sourceLocation)
    }

    private func expectNarrow(_ page: String, _ place: SourceLocation) async throws {
        try await resize(width: 320, height: 640)
        let width = try await value(of: "document.documentElement.scrollWidth").number ?? 0
        #expect(width <= 320, "\(page) scrolls sideways", sourceLocation: place)
    }

    private static let doubleIDs = """
        (() => {
          const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
          return ids.filter((id, place) => ids.indexOf(id) !== place);
        })()
        """

    /// Fields and buttons that a finger misses: WCAG asks for 24 pixels, and 44 for comfort.
    private static let smallTargets = """
        [...document.querySelectorAll('input:not([type=hidden]), button')]
          .filter(element => element.getBoundingClientRect().height < 44)
          .map(element => element.outerHTML)
        """

    /// Texts whose contrast is below 4.5, as WCAG 2 works it out.
    private static let weakTexts = """
        (() => {
          const parts = colour => colour.match(/[0-9.]+/g).map(Number);
          const light = colour => {
            const [red, green, blue] = parts(colour).map(part => {
              const share = part / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const colour = getComputedStyle(at).backgroundColor;
              if (parts(colour)[3] !== 0) return colour;
            }
            return 'rgb(255, 255, 255)';
          };
          const isText = element => element.tagName === 'INPUT' && element.type !== 'hidden'
            || [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
          return [...document.body.querySelectorAll('*')].filter(isText).map(element => {
            const two = [light(getComputedStyle(element).color), light(behind(element))];
            const contrast = (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
            return [contrast, element.tagName + ' ' + element.innerText];
          }).filter(([contrast]) => contrast < 4.5);
        })()
        """
}
