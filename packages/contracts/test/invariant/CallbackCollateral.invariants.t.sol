// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILockHolder, IMarginPayer} from "../../src/interfaces/ILockCallbacks.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {OracleMaker} from "../../src/makers/OracleMaker.sol";
import {ActionLog, RecordsActions} from "../utils/ActionLog.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {HookToken, IHooked} from "../utils/HookToken.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Steps of a {Trickster}. The names appear in the counts.
enum Trick {
    Deposit,
    Withdraw,
    FundToMargin,
    MarginToFund,
    DepositToMargin,
    WithdrawMargin,
    ReturnMargin,
    Receive,
    TakeLock,
    GiveAway,
    LpDeposit,
    LpWithdraw,
    PayAnother
}

/// @dev An account that uses every callback (of the token, of the lock, of a receipt) for its next steps. A step that the
/// system refuses is undone alone.
contract Trickster is ILockHolder, IMarginPayer, IHooked {
    IVault private immutable _vault;
    uint256 private immutable _market;
    HookToken private immutable _token;
    OracleMaker private immutable _maker;
    CallbackHandler private immutable _log;

    /// @dev The random steps to come, one byte each for the kind and one for the part of what the account has.
    bytes private _plan;
    uint256 private _next;
    uint256 private _depth;

    constructor(IVault vault_, uint256 market_, OracleMaker maker_) {
        (_vault, _market, _maker, _log) = (vault_, market_, maker_, CallbackHandler(msg.sender));
        _token = HookToken(address(vault_.asset()));
        _token.approve(address(vault_), type(uint256).max);
        _token.approve(address(maker_), type(uint256).max);
    }

    /// @dev Works off the plan: the first step here, the others in the callbacks of those before them or here.
    function act(bytes calldata plan) external {
        (_plan, _next) = (plan, 0);
        while (_step()) {}
    }

    function onTransfer() external {
        _nested();
    }

    function onLock(bytes calldata) external {
        _nested();
        _nested();
    }

    function payMargin(bytes calldata data) external {
        _nested();
        uint256 amountXCD = abi.decode(data, (uint256));
        uint256 held = _token.balanceOf(address(this));
        _token.transfer(address(_vault), amountXCD < held ? amountXCD : held);
        _nested();
    }

    /// @dev Only this account calls it, so that a failure undoes the step alone.
    function take(Trick trick, uint256 part) external {
        require(msg.sender == address(this), "not itself");
        address self = address(this);
        uint256 held = _part(_token.balanceOf(self), part);
        if (trick == Trick.Deposit) _vault.deposit(self, held);
        if (trick == Trick.Withdraw) _vault.withdraw(_part(_vault.fundOf(self), part), self);
        if (trick == Trick.FundToMargin) _vault.transferFundToMargin(_market, self, _part(_vault.fundOf(self), part));
        if (trick == Trick.MarginToFund) _vault.transferMarginToFund(_market, self, _part(_margin(), part));
        if (trick == Trick.DepositToMargin) _vault.depositToMargin(_market, self, held);
        if (trick == Trick.WithdrawMargin) _vault.payOutMargin(_market, _part(_margin(), part), self);
        if (trick == Trick.ReturnMargin) _vault.returnMargin(_market, self);
        if (trick == Trick.Receive) _vault.receiveMargin(_market, abi.encode(held));
        if (trick == Trick.TakeLock) _vault.withLockHeld("");
        if (trick == Trick.GiveAway) _token.transfer(address(_vault), held / 16);
        if (trick == Trick.LpDeposit) _maker.deposit(held);
        if (trick == Trick.LpWithdraw) _maker.withdraw(_part(_maker.balanceOf(self), part));
        if (trick == Trick.PayAnother) _token.transfer(address(_log.other(self)), held);
    }

    function _nested() private {
        if (_depth < 4) _step();
    }

    function _step() private returns (bool) {
        if (_next + 1 >= _plan.length) return false;
        Trick trick = Trick(uint8(_plan[_next]) % (uint8(type(Trick).max) + 1));
        uint256 part = uint8(_plan[_next + 1]);
        _next += 2;
        ++_depth;
        try this.take(trick, part) {
            _log.count(trick, _depth, true);
        } catch {
            _log.count(trick, _depth, false);
        }
        --_depth;
        return true;
    }

    function _margin() private view returns (uint256) {
        int256 margin = _vault.positionOf(_market, address(this)).margin.unwrap();
        return margin > 0 ? uint256(margin) / _vault.assetScale() : 0;
    }

    /// @dev From a 16th of the amount to all of it.
    function _part(uint256 amount, uint256 part) private pure returns (uint256) {
        return amount * (part % 16 + 1) / 16;
    }
}

contract CallbackHandler is ActionLog {
    IVault private immutable _vault;
    HookToken private immutable _token;
    Trickster[2] public tricksters;
    /// @dev Collateral that both accounts brought.
    uint256 public broughtXCD;

    constructor(IVault vault, uint256 market, OracleMaker maker) {
        _vault = vault;
        _token = HookToken(address(vault.asset()));
        for (uint256 i = 0; i < 2; ++i) {
            tricksters[i] = new Trickster(vault, market, maker);
            _token.setHooked(address(tricksters[i]), true);
            _bring(i, 1_000e6);
        }
    }

    function bring(uint256 who, uint256 amountXCD) external {
        _bring(who % 2, amountXCD % 1_000e6 + 1);
        _count("bring");
    }

    /// @dev Twelve random steps of one account.
    function act(uint256 who, bytes24 plan) external {
        tricksters[who % 2].act(abi.encodePacked(plan));
    }

    function other(address trickster) external view returns (Trickster) {
        return tricksters[address(tricksters[0]) == trickster ? 1 : 0];
    }

    function count(Trick trick, uint256 depth, bool passed) external {
        bytes32 name = _nameOf(trick, depth > 1);
        if (passed) _count(name);
        else _countRefusal(name);
    }

    function _bring(uint256 who, uint256 amountXCD) private {
        broughtXCD += amountXCD;
        _token.mint(address(tricksters[who]), amountXCD);
    }

    function _nameOf(Trick trick, bool isNested) private pure returns (bytes32) {
        bytes32[13] memory names = [
            bytes32("deposit"),
            "withdraw",
            "fundToMargin",
            "marginToFund",
            "depositToMargin",
            "payOutMargin",
            "returnMargin",
            "receive",
            "takeLock",
            "giveAway",
            "lpDeposit",
            "lpWithdraw",
            "payAnother"
        ];
        bytes32 name = names[uint256(trick)];
        return isNested ? bytes32(bytes.concat("nested-", name)) : name;
    }
}

/// @dev E7: with collateral that calls its holders back, two accounts without positions have at most what they brought,
/// for any actions inside the callbacks of token, lock and receipt. L3 holds, and no lock outlives an action.
/// forge-config: default.invariant.runs = 16
/// forge-config: default.invariant.depth = 64
/// forge-config: deep.invariant.runs = 5000
/// forge-config: deep.invariant.depth = 200
contract CallbackCollateralInvariants is ExchangeTest, RecordsActions {
    CallbackHandler private handler;

    function createCollateral() internal override returns (TestToken) {
        return new HookToken("USD", "USD", collateralDecimals());
    }

    function setUp() public override {
        super.setUp();
        handler = new CallbackHandler(vault, market, om);
        for (uint256 i = 0; i < 2; ++i) {
            address trickster = address(handler.tricksters(i));
            vm.prank(owner());
            om.setWhitelistLp(trickster, true);
        }
        targetContract(address(handler));
        bytes4[] memory actions = new bytes4[](2);
        (actions[0], actions[1]) = (CallbackHandler.bring.selector, CallbackHandler.act.selector);
        targetSelector(FuzzSelector({addr: address(handler), selectors: actions}));
    }

    function invariant_E7_L3_CallbacksEarnNothing() public view {
        uint256 has;
        uint256 owed = vault.fundOf(alice) + vault.fundOf(bob) + d.lens.marketOf(market).balance;
        for (uint256 i = 0; i < 2; ++i) {
            address account = address(handler.tricksters(i));
            uint256 fund_ = vault.fundOf(account);
            has += usd.balanceOf(account) + fund_ + uint256(marginOf(account)) / 1e12;
            has += om.balanceOf(account) * om.sharePrice() / 1e18 / 1e12;
            owed += fund_;
        }
        assertLe(has, handler.broughtXCD(), "E7: more than the accounts brought");
        assertGe(usd.balanceOf(address(vault)), owed, "L3");
        assertEq(vault.lockHolder(), address(0), "E7: a lock outlived an action");
    }

    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }
}
