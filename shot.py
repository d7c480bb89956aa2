import sys
from playwright.sync_api import sync_playwright
n=sys.argv[1]
with sync_playwright() as p:
    b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
    pg=b.new_page(viewport={"width":1100,"height":1500}); pg.goto(f"file:///tmp/notes-try/html/{n}.html"); pg.wait_for_timeout(1500)
    h=pg.evaluate("Math.max(document.body.scrollHeight, document.querySelector('main')?.scrollHeight||0)"); print(h)
    pg.set_viewport_size({"width":1100,"height":min(h+50,20000)})
    pg.wait_for_timeout(500)
    for i in range(0,h,1500):
        pg.screenshot(path=f"/tmp/notes-try/html/{n}-{i//1500:02}.png", clip={"x":0,"y":i,"width":1100,"height":min(1500,h-i)})
    b.close()
