import { TREE_MARK } from './carried-sign.ts';
import { bareEnvironment } from './environment.ts';
import type { StarterKind } from './starter-kind.ts';

/**
 * Reads records: their length in bytes, a line feed, and fields with a NUL between them. The first has the environment of
 * all commands, each other one a command. It ends with its stdin, and so with us.
 *
 * Perl looks at signals between its own steps only, so that a command which ends just before the wait begins would not end
 * it: while something runs, it looks again after 50 ms. A command tells of its beginning itself, before it is one: were that
 * left to the perl, whoever kills it in between would leave a command that nobody knows of; and where nobody hears it any
 * more, nothing begins. 1 is WNOHANG, 4 is EINTR, 127 below `$?` is the signal.
 */
const SERVANT = `
$SIG{CHLD}=sub{};my($q,$ready,%n)=("",0);
sub say_{my$w="@_\\n";while(length$w){my$c=syswrite STDOUT,$w;defined$c?substr($w,0,$c)="":$!==4||exit 255}}
sub begin{my($n,$d,$i,$o,$e,$c,@a)=@_;my@v=splice@a,0,$c;my$p=fork;
return say_("ended",$n,255)if!defined$p;
if(!$p){setpgrp(0,0);say_("began",$n,$$);chdir$d or exit 125;for(@v){my($k,$v)=split/=/,$_,2;$ENV{$k}=$v}
open(STDIN,"<",$i)&&open(STDOUT,">",$o)&&open(STDERR,">",$e)or exit 125;exec{$a[0]}@a;print STDERR"$a[0]: $!\\n";exit 127}
$n{$p}=$n}
for(;;){while($q=~/^(\\d+)\\n/){my$s=length($1)+1;last if length($q)<$s+$1;
my@f=split/\\0/,substr($q,$s,$1),-1;substr($q,0,$s+$1)="";
if($ready++){begin(@f)}else{%ENV=map{split/=/,$_,2}@f}}
while((my$p=waitpid(-1,1))>0){my$n=delete$n{$p};say_("ended",$n,$?&127?255:$?>>8)if defined$n}
my$r="";vec($r,0,1)=1;next if select($r,undef,undef,%n?.05:undef)<1;
my$c=sysread(STDIN,$q,65536,length$q);defined$c?$c||exit:$!==4||exit}
`.replaceAll('\n', ' ');

/**
 * Starts commands by one perl: it makes a process group itself, where a shell needs another process around each command and
 * a setsid(1) before it, which together take as long as a short git.
 */
export const STARTER_BY_PERL: StarterKind = {
  program: 'perl',
  args: ['-e', SERVANT],
  // What perl itself heeds in the environment is not for the servant; the commands get all of it.
  // Where we run for an agent, it is found with us: one that has been stopped does not see that we are gone.
  environment: (env) => ({ ...bareEnvironment(env), ...pick(env, [TREE_MARK, 'RALPH_WORKSPACE']) }),
  begin: (env) =>
    record(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`))),
  text: (number, { command, cwd, env }, { inPath, outPath, errPath }) => {
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return record([String(number), cwd, inPath, outPath, errPath, String(settings.length), ...settings, ...command]);
  },
};

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function record(fields: readonly string[]): string {
  const text = fields.join('\0');
  return `${Buffer.byteLength(text)}\n${text}`;
}
