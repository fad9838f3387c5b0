// Opens and seals envelopes with other people's implementations. Tasks come on standard input as JSON, answers leave the same way.
'use strict';

const WXBizMsgCrypt = require('wechat-crypto');
const wecom = require('@wecom/crypto');

const peers = {
  'wechat-crypto': ({ token, appId, key }) => new WXBizMsgCrypt(token, key, appId),
  '@wecom/crypto': ({ token, appId, key }) => ({
    decrypt: (encrypt) => wecom.decrypt(key, encrypt),
    encrypt: (text) => wecom.encrypt(key, text, appId),
    getSignature: (timestamp, nonce, encrypt) => wecom.getSignature(token, timestamp, nonce, encrypt),
  }),
};

function answer(task) {
  const peer = peers[task.peer](task);
  const encrypt = task.encrypt ?? peer.encrypt(task.document);
  const signature = peer.getSignature(task.timestamp, task.nonce, encrypt);
  if (task.encrypt === undefined) return { encrypt, signature };
  const { message, id } = peer.decrypt(encrypt);
  return { document: message, appId: id, signature };
}

const tasks = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(tasks.map(answer)));
