// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../../script/Deploy.s.sol";
import {OrderGateway} from "../../../src/gateways/OrderGateway.sol";
import {LiquidationParams, TradeParams} from "../../../src/interfaces/IClearingHouse.sol";
import {LpQueue} from "../../../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {LpRequest} from "../../../src/types/LpRequest.sol";
import {Position} from "../../../src/types/Position.sol";
import {ActionLog} from "../../utils/ActionLog.sol";
import {PythDouble} from "../../utils/PythDouble.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev The owner sets every rule of caps, orders and requests that the contracts accept, and outsiders fill what has a limit.
/// Under all of them, the owner of a position can add margin to it, and an LP has what it put into a request back
/// within hours, and not before an order of the same moment ends.
contract RuleHandler is ActionLog {
    /// @dev Longest delay, longest lag of a clock, and longest validity of a request, seconds.
    uint256 private constant LONGEST_REQUEST = 3 hours;

    Deployment private _d;
    PythDouble private immutable _pyth;
    bytes32 private immutable _feed;
    TestToken private immutable _usd;
    address[2] private _takers;
    address private immutable _owner;
    address private immutable _lp;
    address private immutable _outsider;
    /// @dev 8 decimals.
    uint256 private _price = 2000e8;

    constructor(
        Deployment memory d,
        PythDouble pyth,
        bytes32 feed,
        address[2] memory takers,
        address owner_,
        address lp,
        address outsider
    ) {
        (_d, _pyth, _feed, _takers, _owner, _lp, _outsider) = (d, pyth, feed, takers, owner_, lp, outsider);
        _usd = TestToken(address(d.vault.asset()));
        _declare("setCap");
        _declare("fillCap");
        _declare("trade");
        _declare("rescue");
        _declare("liquidate");
        _declare("setRequestRules");
        _declare("setOrderRules");
        _declare("request");
        _declare("request.settled");
    }

    // ----------------------------------------------------------------------------------------------------- owner ----

    /// @dev None, or up to 20,000 above what the Vault holds, or below that.
    function setCap(uint256 room, uint256 kind) external {
        uint256 held = _usd.balanceOf(address(_d.vault));
        uint256 capXCD = kind % 4 == 0 ? 0 : kind % 4 == 1 ? bound(room, 1, held) : held + bound(room, 0, 20_000e6);
        vm.prank(_owner);
        try _d.clearingHouse.setDepositCap(capXCD) {
            _count("setCap");
        } catch {
            _countRefusal("setCap");
        }
    }

    /// @dev Seconds to a minute, or up to years.
    function setRequestRules(uint256 delay, uint256 validity, uint256 kind) external {
        LpQueue.Rules memory rules = LpQueue.Rules({
            delay: uint32(kind % 2 == 0 ? bound(delay, 1, 60) : bound(delay, 1, 30_000)),
            validity: uint32(bound(validity, 1, 120)),
            minKeeperFee: 0
        });
        vm.prank(_owner);
        try _d.oracleMakerRequestVault.setRules(rules) {
            _count("setRequestRules");
        } catch {
            _countRefusal("setRequestRules");
        }
    }

    function setOrderRules(uint256 delay, uint256 window, uint256 validity) external {
        OrderGateway.Rules memory rules = _d.orderGateway.rulesOf(_d.marketId);
        rules.delay = uint24(bound(delay, 1, 60));
        rules.validity = uint24(bound(validity, 1, 60));
        rules.priceWindow = uint24(bound(window, 1, 60));
        vm.prank(_owner);
        try _d.orderGateway.setRules(_d.marketId, rules) {
            _count("setOrderRules");
        } catch {
            _countRefusal("setOrderRules");
        }
    }

    // ------------------------------------------------------------------------------------------------- positions ----

    function walk(uint256 time, uint256 factor) external {
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 30));
        _price = bound(_price * bound(factor, 9_700, 10_300) / 10_000, 1000e8, 4000e8);
        _publish();
        _count("walk");
    }

    function trade(uint256 seed, uint256 amount, bool isSale) external {
        address taker = _takers[seed % 2];
        vm.warp(vm.getBlockTimestamp() + 1);
        _publish();
        if (_position(taker).margin.unwrap() < 3_000e18) {
            vm.prank(taker);
            _d.vault.transferFundToMargin(_d.marketId, taker, 2_000e6);
        }
        TradeParams memory p = TradeParams(
            _d.marketId, bound(amount, 1e18, 20e18), 0, 0, taker, address(_d.oracleMaker), isSale, isSale, false
        );
        (p.oppositeBound, p.deadline) = (isSale ? 0 : type(uint256).max, vm.getBlockTimestamp());
        vm.prank(taker);
        try _d.clearingHouse.trade(p) {
            _count("trade");
        } catch {
            _countRefusal("trade");
        }
    }

    /// @dev An outsider deposits all that the cap admits.
    function fillCap(uint256 amount) external {
        uint256 cap = _d.vault.depositCap();
        uint256 held = _usd.balanceOf(address(_d.vault));
        if (cap <= held) return;
        uint256 room = cap - held;
        _pay(_outsider, bound(amount, room / 2 + 1, room), address(_d.vault));
        uint256 amountXCD = _usd.balanceOf(_outsider);
        vm.prank(_outsider);
        _d.vault.deposit(_outsider, amountXCD);
        _count("fillCap");
    }

    /// @dev T50, E6: the owner of a position adds all or a part of what its margin lacks of the notional, and has it there.
    function rescue(uint256 seed, uint256 amount) external {
        address account = _takers[seed % 2];
        Position memory position = _position(account);
        uint256 price = _d.lens.feeStateOf(_d.marketId).price;
        int256 notional = int256(position.size.abs() * price / 1e18);
        int256 room = (notional - position.margin.unwrap()) / 1e12;
        if (room < 1) return;
        amount = bound(amount, 1, uint256(room));
        if (amount > 20_000e6) amount = 20_000e6;
        _pay(account, amount, address(_d.vault));
        vm.prank(account);
        try _d.vault.depositToMargin(_d.marketId, account, amount) returns (uint256) {}
        catch {
            assertTrue(false, "T50: an open position could not be rescued");
        }
        assertEq(
            _position(account).margin.unwrap() - position.margin.unwrap(), int256(amount) * 1e12, "T50: its margin"
        );
        _count("rescue");
    }

    function liquidate(uint256 seed) external {
        vm.warp(vm.getBlockTimestamp() + 1);
        _publish();
        LiquidationParams memory p = LiquidationParams(
            _d.marketId, _takers[seed % 2], address(this), address(_d.oracleMaker), type(uint256).max, 0, 0
        );
        try _d.clearingHouse.liquidate(p) {
            _count("liquidate");
        } catch {
            _countRefusal("liquidate");
        }
    }

    // -------------------------------------------------------------------------------------------------- requests ----

    /// @dev T55, T59: under the rules of now an LP requests a deposit, with any expiry. It cannot end before an order that was
    /// created in the same second. Keepers are absent or settle it; in the first case, the LP has its collateral back.
    function request(uint256 amount, uint256 life, bool settles) external {
        LpRequestVault queue = _d.oracleMakerRequestVault;
        vm.warp(vm.getBlockTimestamp() + 1);
        _publish();
        uint256 begun = vm.getBlockTimestamp();
        amount = bound(amount, 1e6, 10_000e6);
        _pay(_lp, amount, address(queue));
        uint256 held = _usd.balanceOf(_lp);
        uint256 id = _request(queue, amount, life % 4 == 0 ? 0 : begun + bound(life, 1, 200));
        if (id == 0) return _countRefusal("request");
        LpRequest memory r = queue.requestOf(id);
        (uint256 delay, uint256 validity) = _d.orderGateway.orderTimesOf(_d.marketId);
        assertGe(r.executableAt, begun + delay, "T59: due before an order of the same moment");
        assertGe(r.expiresAt, begun + delay + validity, "T59: it ends before an order of the same moment");
        if (settles && r.executableAt < begun + LONGEST_REQUEST) _settle(queue, r.executableAt);
        if (!queue.requestOf(id).isClosed) _reclaim(queue, id, begun + LONGEST_REQUEST);
        if (queue.requestOf(id).returned != 0) {
            vm.prank(_lp);
            queue.claimCancelDepositRequest(id, _lp, _lp);
        }
        uint256 used = queue.claimableDepositRequest(id, _lp);
        assertEq(_usd.balanceOf(_lp) + amount - held + used, amount, "T55: a request kept collateral");
        _count(used == 0 ? bytes32("request") : bytes32("request.settled"));
        if (used == 0) return;
        vm.prank(_lp);
        queue.deposit(used, _lp);
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    /// @return zero when it was refused
    function _request(LpRequestVault queue, uint256 amount, uint256 expiresAt) private returns (uint256) {
        uint256 fee = queue.rules().minKeeperFee;
        vm.deal(_lp, 10 ether);
        vm.prank(_lp);
        try queue.requestDeposit{value: fee}(amount, _lp, _lp, 0, expiresAt) returns (uint256 id) {
            return id;
        } catch {
            return 0;
        }
    }

    function _settle(LpRequestVault queue, uint256 time) private {
        vm.warp(time);
        _publish();
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = _data(time);
        try queue.settle{value: 1}(updates, type(uint256).max) {} catch {}
    }

    /// @dev No keeper settles: the controller gets its collateral back.
    function _reclaim(LpRequestVault queue, uint256 id, uint256 time) private {
        vm.warp(time);
        _publish();
        vm.prank(_lp);
        try queue.cancelDepositRequest(id, _lp) {}
        catch {
            assertTrue(false, "T55: a request could not be cancelled for hours");
        }
    }

    /// @dev New tokens for a deposit to `spender`.
    function _pay(address account, uint256 amount, address spender) private {
        _usd.mint(account, amount);
        vm.prank(account);
        _usd.approve(spender, type(uint256).max);
    }

    function _publish() private {
        vm.deal(address(this), 1 ether);
        _pyth.updatePriceFeeds{value: 1}(_data(vm.getBlockTimestamp()));
    }

    function _data(uint256 time) private view returns (bytes[] memory data) {
        data = new bytes[](1);
        int64 value = int64(uint64(_price));
        data[0] = _pyth.createPriceFeedUpdateData(_feed, value, 0, -8, value, 0, uint64(time), uint64(time - 1));
    }

    function _position(address account) private view returns (Position memory) {
        return _d.vault.positionOf(_d.marketId, account);
    }

    receive() external payable {}
}
