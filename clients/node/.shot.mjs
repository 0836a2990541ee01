import { chromium } from 'playwright-core'
const base='http://127.0.0.1:8080'
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']})
const scheme = process.env.SCHEME ?? 'light'
const c=await b.newContext({viewport:{width:+(process.env.W??1280),height:900},colorScheme:scheme,locale:process.env.L??'en-GB'})
const p=await c.newPage()
p.on('console',m=>console.log('console',m.text())); p.on('pageerror',e=>console.log('error',e.message))
let n=0; const shot=async name=>{await p.screenshot({path:`/tmp/try/${process.env.PRE??''}${name}.png`,fullPage:true})}
await p.goto(base+'/portal/credentials')
await p.fill('#username','anna'); await p.fill('#password','tomato bicycle'); await p.click('#submit')
await p.waitForURL(/credentials$/)
await shot('1-empty');
await p.click('#generate'); await shot('2-new')
await p.fill('#name','Payroll export'); await p.fill('#description','Nightly hours to payroll')
await p.click('button[value="preset:read"]'); await shot('3-preset')
await p.click('#save'); await p.waitForSelector('#done'); await shot('4-made')
await p.check('#have-stored'); await p.click('#done'); await p.waitForURL(/credentials\/[0-9a-f-]+/); await shot('5-show')
await p.click('#rotate'); await shot('6-rotate')
await p.goto(base+'/portal/credentials'); await shot('7-list')
await p.click('tbody a'); await p.click('#delete'); await shot('8-delete')
await p.goto(base+'/portal'); await shot('9-home')
await b.close()
